"""The sub-commands of `ricloop sim`, one file each, and what a person sees of a run."""
