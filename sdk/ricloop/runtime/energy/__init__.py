"""What the RIC itself takes, and what sleeping cells save."""
