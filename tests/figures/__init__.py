"""What this project can do, in figures: each with the command that shows it, beside those of an earlier commit."""
