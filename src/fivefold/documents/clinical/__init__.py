"""Documents about one patient that are made from the record, signed and given to somebody: content first, then three forms of it."""
