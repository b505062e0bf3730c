"""`ricloop models`: a file for each group of commands."""
