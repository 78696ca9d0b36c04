"""The knowledge release that plans are made with: the one a clinic has chosen, or the one that comes with the program.

A clinic stays on its release when the program is upgraded, until somebody has looked at the effect and switches.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fivefold.concepts.errors import KnowledgeRefused
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.library import load_knowledge
from fivefold.records.models import Clinic

WITH_PROGRAM = ""
_chosen: ContextVar[str] = ContextVar("knowledge release of the clinic", default=WITH_PROGRAM)


def knowledge() -> KnowledgeBase:
    """The knowledge base of the clinic in whose name something is done."""
    return release(_chosen.get())


@contextmanager
def knowledge_of(clinic: Clinic) -> Iterator[None]:
    """Use the release that a clinic has chosen."""
    token = _chosen.set(str(clinic.settings.get("release", WITH_PROGRAM)))
    try:
        yield
    finally:
        _chosen.reset(token)


def release(name: str) -> KnowledgeBase:
    """A kept release by its name; the one that comes with the program when it is gone or can no longer be read."""
    kept = _kept(name) if name else None
    return kept if isinstance(kept, KnowledgeBase) else _load(_program_folder())


def why_unreadable(name: str) -> str:
    """What keeps this program from using a kept release, in a sentence for the operator; empty when nothing does."""
    found = _kept(name) if name else None
    if isinstance(found, KnowledgeRefused):
        return f"{found}, first {found.problems[0]}"
    return f"its folder cannot be read ({found.strerror})" if isinstance(found, OSError) else ""


def folder_of(name: str) -> Path:
    """Where a kept release lies."""
    return Path(settings.FIVEFOLD_RELEASES) / Path(name).name


def _program_folder() -> str:
    return str(settings.FIVEFOLD_KNOWLEDGE_FOLDER or "")


def _kept(name: str) -> KnowledgeBase | KnowledgeRefused | OSError:
    try:
        return _load_or_refusal(str(folder_of(name)))
    except OSError as error:
        return error  # asked for again: the disk may be back


@lru_cache(maxsize=4)
def _load_or_refusal(folder: str) -> KnowledgeBase | KnowledgeRefused:
    """A release, or why it is none: reading all of it and finding that out takes seconds, and every request asks."""
    try:
        return _load(folder)
    except KnowledgeRefused as refused:
        return refused


@lru_cache(maxsize=4)
def _load(folder: str) -> KnowledgeBase:
    return load_knowledge(Path(folder)) if folder else load_knowledge()
