"""Forecasts of each cell's load with bounds that keep their promise, published for other xApps."""
