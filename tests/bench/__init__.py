"""Speed, as ratios in one run: a module per question, each with a `measure` that yields rows."""

import os

# Before numpy looks: one thread, as the loop and a model's process have.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
