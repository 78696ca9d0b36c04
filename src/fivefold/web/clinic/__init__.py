"""Pages about the clinic itself: people, roles, caseload sizes, settings, permissions, the knowledge in use."""
