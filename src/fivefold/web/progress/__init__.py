"""Progress: what was measured and what was done, on one time axis."""
