"""`ricloop models`: a file for each group of commands, named in `ricloop_models.cli`."""
