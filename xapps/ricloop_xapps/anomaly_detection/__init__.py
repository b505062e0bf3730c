"""`anomaly-detection`: which cells are unlike themselves, since when, and which metrics say so."""
