"""`ricloop bench loop`: a RIC, its xApp and its model under a paced load, from other processes."""
