"""An installation that is thrown away, for a script that needs the whole app: its folder and its keys are nobody's.

``begin`` comes before anything of the app is imported, because its settings are read then; whoever calls it removes the folder.
"""

import os
import secrets
import tempfile
from pathlib import Path


def begin(name: str) -> Path:
    """Make a folder of its own for a new database, start Django on it, and give the folder."""
    folder = tempfile.mkdtemp(prefix=f"fivefold-{name}-")
    os.environ.update({"FIVEFOLD_DATA": folder, "FIVEFOLD_SECRET_KEY": secrets.token_urlsafe(48)})
    from fivefold.bootstrap import start  # noqa: PLC0415  # the settings are read here

    start()
    return Path(folder)
