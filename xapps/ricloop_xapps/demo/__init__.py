"""`ricloop demo`: a RIC, an xApp and simulated E2 nodes, together on one machine."""
