"""The assessment of one patient: what is known and what is not, and every way to enter more."""
