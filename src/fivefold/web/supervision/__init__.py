"""Supervision: caseloads of supervisees, questions, minutes, co-signing."""
