"""A node's CCC function: what a DU and its cells are configured to, told and changed."""
