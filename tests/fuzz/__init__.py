"""Coverage-guided fuzzing of everything that reads outside octets: `python -m tests.fuzz --help`, `make fuzz`."""
