"""E2AP sessions without input or output: bytes and `now` in; bytes, events and `timer_at()` out.

`ric.py` is the end that terminates E2, `node.py` the other one. Each procedure has a file with its transition tables.
"""
