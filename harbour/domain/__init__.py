"""Rules as data: the standard library only, no Flask, no SQL, no clock, no language."""
