"""Signing in and out, joining by invitation, password, second factor, drafts of forms."""
