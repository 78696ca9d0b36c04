"""A compiled copy of the knowledge base, rebuilt when a file changes.

The copy lies in the user's own cache folder and is used only when it was made by the same user, program and Python and
from the very same files (name, size and time of change). Anything odd, and the YAML is read.
"""

import contextlib
import gc
import hashlib
import os
import pickle
import sys
import tempfile
from pathlib import Path

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER, knowledge_files, load_base

FORMAT = "1"


def load_cached(folder: Path = KNOWLEDGE_FOLDER) -> KnowledgeBase:
    """The knowledge base of a folder, from its compiled copy where that is fresh. Raises KnowledgeRefused."""
    path = cache_file(folder)
    base = _read(path)
    if base is None:
        base = load_base(folder)
        _write(path, base)
    return base


def cache_file(folder: Path) -> Path:
    """Where the compiled copy of the present state of a folder lies."""
    return cache_folder() / f"knowledge-{_fingerprint(folder)}.pickle"


def cache_folder() -> Path:
    """The user's cache folder for Fivefold."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "fivefold"


def _fingerprint(folder: Path) -> str:
    total = hashlib.sha256(f"{FORMAT} {sys.version} {folder.resolve()}".encode())
    # The code that builds the values belongs to the identity of the copy, too.
    package = Path(__file__).resolve().parent.parent
    code = [*sorted((package / "concepts").glob("*.py")), *sorted((package / "knowledge").glob("*.py"))]
    for path in [*knowledge_files(folder), *code]:
        state = path.stat()
        total.update(f"{path.name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return total.hexdigest()[:24]


def _read(path: Path) -> KnowledgeBase | None:
    try:
        state = path.stat()
        if hasattr(os, "getuid") and state.st_uid != os.getuid():
            return None
        raw = path.read_bytes()
    except OSError:
        return None
    # Many small objects are made at once and none can be garbage: the collector would only cost time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        value = pickle.loads(raw)  # written by this user, see above
    except Exception:  # a damaged copy in any form only means that the YAML is read
        return None
    finally:
        if collecting:
            gc.enable()
    return value if isinstance(value, KnowledgeBase) else None


def _write(path: Path, base: KnowledgeBase) -> None:
    """Write the copy beside its place and move it there, so that nobody ever reads half of it."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in sorted(path.parent.glob("knowledge-*.pickle"), key=lambda found: found.stat().st_mtime)[:-4]:
            old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
            stream.write(pickle.dumps(base, protocol=pickle.HIGHEST_PROTOCOL))
        Path(stream.name).replace(path)
