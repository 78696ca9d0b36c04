"""Pages of one patient: the map, the profile, the care team."""
