"""Sealing of secrets that other libraries keep for us, such as the seed of an authenticator app."""

import base64

from fivefold.records.crypto import keyring


def seal_secret(text: str, purpose: str) -> str:
    """A secret as it may lie in the database."""
    return base64.b64encode(keyring().seal(text, f"secret {purpose}")).decode()


def open_secret(sealed: str, purpose: str) -> str:
    """The secret again; raises SealBroken for one of another purpose or another installation."""
    return keyring().open(base64.b64decode(sealed), f"secret {purpose}")
