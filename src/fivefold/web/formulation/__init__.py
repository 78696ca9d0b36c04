"""The formulation: how one patient's difficulties hang together, drawn and in words, with versions and comments."""
