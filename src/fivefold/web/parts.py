"""The parts of the app: each is a folder of ``web/`` with urls, views, forms and templates, listed once, here."""

PARTS = (
    "account",
    "clinic",
    "audit",
    "caseload",
    "patients",
    "assessment",
    "plan",
    "formulation",
    "documents",
    "sessions",
    "chains",
    "measures",
    "progress",
    "supervision",
    "signals",
    "library",
    "training",
    "help",
    "my",
)
