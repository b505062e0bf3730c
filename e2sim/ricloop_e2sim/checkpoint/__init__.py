"""A run of a network kept in a file, and a run that goes on from one."""
