"""What may be typed: one schema for pages and JSON."""
