"""Check, without a network, that the lock files fit pyproject.toml and name no place on any machine or network.

Refused: a dependency of pyproject.toml that a lock lacks or pins outside its range, a pin without a hash, two locks that
pin one package differently, and any address, path or option. Remedy for all of them: ``make lock``.
"""

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def wanted_requirements() -> dict[str, list[Requirement]]:
    """What each lock file must hold, from pyproject.toml."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = declared["project"]
    runtime = project["dependencies"]
    extras = [text for group in project["optional-dependencies"].values() for text in group]
    build = declared["dependency-groups"]["build"]
    wanted = {
        "lock.txt": runtime,
        "lock-web.txt": runtime + project["optional-dependencies"]["web"],
        "lock-dev.txt": runtime + extras,
        "lock-build.txt": build + declared["build-system"]["requires"],
        "lock-uv.txt": declared["dependency-groups"]["uv"],
    }
    return {name: [Requirement(text) for text in texts] for name, texts in wanted.items()}


def read_pins(name: str) -> tuple[dict[str, str], list[str]]:
    """Package and version of every pin in one lock file, and what is wrong with its lines."""
    pins: dict[str, str] = {}
    problems: list[str] = []
    hashed: set[str] = set()
    package = ""
    for number, line in enumerate((ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines(), start=1):
        pin = PIN.fullmatch(line)
        if pin:
            package = canonicalize_name(pin["name"])
            if package in pins:
                problems.append(f"requirements/{name}:{number}: {package} is pinned twice")
            pins[package] = pin["version"]
        elif HASH.fullmatch(line):
            hashed.add(package)
        else:
            problems.append(f"requirements/{name}:{number}: found {line[:60]!r}, expected name==version or a sha256 hash only")
    problems += [f"requirements/{name}: {package} has no hash" for package in pins if package not in hashed]
    return pins, problems


def find_problems() -> list[str]:
    """Everything wrong with the lock files, one line each."""
    problems: list[str] = []
    seen: dict[str, tuple[str, str]] = {}
    for name, requirements in wanted_requirements().items():
        pins, found = read_pins(name)
        problems += found
        for requirement in requirements:
            version = pins.get(canonicalize_name(requirement.name))
            if version is None:
                problems.append(f"requirements/{name}: {requirement.name} is in pyproject.toml but not here")
            elif not requirement.specifier.contains(version, prereleases=True):
                problems.append(f"requirements/{name}: {requirement.name}=={version} is outside {requirement.specifier} of pyproject.toml")
        for package, version in pins.items():
            other, elsewhere = seen.setdefault(package, (version, name))
            if other != version:
                problems.append(f"requirements/{name}: {package}=={version}, but requirements/{elsewhere} pins {other}")
    return problems


def main() -> int:
    """Print the problems; 0 when there are none, else 1."""
    problems = find_problems()
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("Run `make lock` and commit the result.", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
