"""One RIC of several in control: the parent that holds the lease, and the loop that it lets work."""
