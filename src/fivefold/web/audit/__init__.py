"""The audit trail for auditors: reading, checking, taking it away."""
