"""What models are worth on real data, beside the strongest simple baselines: a file per table, a registry of them."""
