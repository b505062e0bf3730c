"""Property tests here are never timed: the first one compiles the ASN.1, and the machine may be busy."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
