"""One network as a whole: all its cells and users as arrays, coupled by interference, mobility and load."""
