"""What moves a run: the wall clock, another process, or nobody but itself."""
