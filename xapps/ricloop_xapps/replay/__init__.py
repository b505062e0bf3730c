"""`ricloop replay`: a real trace drives the offered load, the simulated network and its controls answer."""
