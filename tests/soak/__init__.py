"""Long counts, which stop and resume at any point: `python -m tests.soak --help`."""
