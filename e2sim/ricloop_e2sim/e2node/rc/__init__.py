"""A node's RC function: what it offers, its reports, inserts, policies and queries, and its controls of users."""
