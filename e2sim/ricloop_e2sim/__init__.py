"""The E2 node simulator: a small radio network with energy, behind conformant E2 nodes."""
