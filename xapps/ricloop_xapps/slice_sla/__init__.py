"""Slice SLA assurance: PRB quotas that follow what is promised."""
