"""Every read, as frozen dataclasses shaped for a page."""
