"""Looking after an installation: backup and restore with proof, keys, export, erasure, retention, and the caseload's copy."""
