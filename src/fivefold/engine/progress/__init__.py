"""Measured change: what may be said of scores over time, each with its formula, its source and what it rests on.

Thresholds come from ``rules/progress.yaml``, error figures and cut-offs from the instrument's file. What cannot be said is a
``DoesNotKnow`` with what would settle it. Nothing here is a diagnosis, and nothing here clears or lowers a risk.
"""
