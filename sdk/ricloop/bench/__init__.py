"""Benches: each prints ratios against a baseline in the same process. `ricloop bench …`."""
