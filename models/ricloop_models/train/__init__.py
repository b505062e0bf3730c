"""One readable file per training run: `python -m ricloop_models.train.NAME --seed 1`. They need the extra `ml`."""
