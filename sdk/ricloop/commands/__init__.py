"""The sub-commands of `ricloop`, a file each: their options, and what they call."""
