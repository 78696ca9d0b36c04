"""The synthetic clinic: invented people with a plausible history, made by the real services from a seed."""
