"""`ricloop new`: a package of one's own, written with its test, settings and README."""
