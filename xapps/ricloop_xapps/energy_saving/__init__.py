"""Rule-based energy saving: drain, sleep, and wake ahead of demand."""
