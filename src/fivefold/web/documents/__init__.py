"""Documents of a patient: the list, a new one with its preview, one as it was made, and its files."""
