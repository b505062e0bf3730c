"""The process around the RIC: sockets, signals, clocks, another process that drives it, and one that stands by."""
