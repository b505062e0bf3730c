"""RRC: what users measure, where they are handed over, when they lose their link, and the counters of all that."""
