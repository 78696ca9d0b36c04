"""Fivefold: from an assessment to a reasoned, phased treatment plan.

The names of the library are loaded when they are first used, so that starting a program costs little.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fivefold.library import (
        compare,
        explain,
        impact,
        load_knowledge,
        match,
        measures,
        phase,
        plan,
        profile,
        read_assessment,
        read_assessment_bytes,
        revise,
        safety,
        score,
        what_if,
    )

__version__ = "0.1.0"
__all__ = [
    "compare",
    "explain",
    "impact",
    "load_knowledge",
    "match",
    "measures",
    "phase",
    "plan",
    "profile",
    "read_assessment",
    "read_assessment_bytes",
    "revise",
    "safety",
    "score",
    "what_if",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("fivefold.library"), name)
    raise AttributeError(f"module 'fivefold' has no attribute {name!r}")
