"""Signals, reviews and readiness: what somebody should act on, and the way from there to a changed plan and back."""
