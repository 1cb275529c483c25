"""Measures the harbour beside floor pages: `python -m benchmarks`, see README.md."""
