"""What goes wrong between a node and the RIC: faults of messages and of associations, and a link that meets them."""
