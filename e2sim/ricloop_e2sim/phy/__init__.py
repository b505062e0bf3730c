"""The physical layer's abstraction: received power → SINR → CQI and MCS → bit/s."""
