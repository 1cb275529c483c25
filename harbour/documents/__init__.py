"""What leaves on paper, drawn from read models."""
