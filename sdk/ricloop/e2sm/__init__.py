"""E2 service models: one folder each, joined in `registry`. Write `from ricloop.e2sm import ccc, kpm, rc`."""
