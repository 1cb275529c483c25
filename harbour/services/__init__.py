"""Every write: commands that take an actor and a moment, and leave a line of the ledger."""
