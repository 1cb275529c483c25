"""The edge: the only room that knows a request."""
