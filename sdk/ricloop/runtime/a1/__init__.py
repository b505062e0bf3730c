"""A1 policies: where they come from, and which are in force."""
