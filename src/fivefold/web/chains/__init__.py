"""Chain analyses: written in versions, drawn and in words, beside sessions and in the record."""
