"""The ways a message leaves the house; what each is told comes in, what it answered goes out."""

from harbour.adapters.channels.outcome import Message, Outcome

__all__ = ["Message", "Outcome"]
