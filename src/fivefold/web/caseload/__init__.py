"""The caseload: who needs what next; taking somebody on; the way to any record by typing."""
