"""Pictures of a run of a whole network: its coverage, its users, and what its cells did over time."""
