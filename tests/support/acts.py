"""Every act of the app, found where it was declared."""

from collections.abc import Callable
from importlib import import_module
from pkgutil import walk_packages

from fivefold import services
from fivefold.services.access import ACTS


def all_acts() -> dict[str, Callable[..., object]]:
    """By their full names. All services are looked through, not only those that something has used before."""
    for module in walk_packages(services.__path__, "fivefold.services."):
        import_module(module.name)
    return {name: getattr(import_module(name.rpartition(".")[0]), name.rpartition(".")[2]) for name in ACTS if name.startswith("fivefold.")}
