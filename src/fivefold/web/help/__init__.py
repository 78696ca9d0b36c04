"""Help: the first steps of each role, the words of the field, the keys."""
