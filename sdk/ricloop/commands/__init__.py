"""Commands of `ricloop` that are more than a few lines of `cli.py`: their options, and what they call."""
