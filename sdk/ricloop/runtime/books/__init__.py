"""What is counted, timed and written down of a run."""
