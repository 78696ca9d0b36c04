"""Clinical acts: one function for each, one transaction, access checked, audited, done once for each key."""
