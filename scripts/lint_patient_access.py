"""Refuse ways around the one door to patients' records, ``services/access.py``.

In ``web/``, ``fhir/`` and ``cli/``: any import of ``fivefold.records``, of Django's database layer, or of a module by a name
put together at run time. In ``services/``: a public function that takes an actor and is not declared with ``clinical_act``
(unless ``UNDECLARED`` says so). Prints each place and ends with 1.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "fivefold"
OUTSIDE = ("web", "fhir", "cli")
FORBIDDEN = ("fivefold.records", "django.db")
# Functions with an actor that are no acts: the door itself, what acts are made of, and what touches nobody's record.
UNDECLARED = {
    "access": {"require", "patients_of", "patient_for", "own_record", "reaches", "is_done"},
    "audit": {"record"},
    "assessments": {"add_facts"},
    "goal_ratings": {"rate_shared_goal"},
    "drafts": {"keep_draft", "see_draft", "see_drafts", "drop_draft", "device_key"},
    "signal_list": {"waits_for", "open_digest"},
    "sign_in_links": {"see_notices", "confirm_notice"},
    "tour": {"end_tour", "begin_tour_again"},
    "instruments": {"item_texts"},
    "caseload_list": {"open_caseload", "lines_of", "openings_as_seen"},
    "clinic_notes": {"modules_with_notes", "see_note", "see_versions"},
    "hidden_words": {"list_hidden"},
    "library": {"open_book", "open_page", "find_pages"},
    "training": {"see_desk", "open_case", "cases_about", "see_attempt", "see_reading_path", "read_mark", "mark_read"},
    "feedback_use": {"note_look"},
    "fidelity": {"rated_sessions"},
    "supervision": {"supervisees_of", "may_take_part"},
    "supervision_pages": {"open_questions", "questions_of", "minutes"},
    "supervision_topics": {"topics_of", "topics_of_patient", "waiting_notes"},
}


def find_problems(source: Path = SOURCE) -> list[str]:
    """Every place that goes around the door, as ``file:line: what``."""
    problems: list[str] = []
    for folder in OUTSIDE:
        for path in sorted((source / folder).rglob("*.py")):
            problems += [f"{_name(path, source)}:{line}: {what}" for line, what in _outside(_read(path))]
    for path in sorted((source / "services").rglob("*.py")):
        problems += [f"{_name(path, source)}:{line}: {what}" for line, what in _undeclared(_read(path), path.stem)]
    return problems


def _name(path: Path, source: Path) -> str:
    return str(path.relative_to(source.parent.parent))


def _read(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


# ---- Outside the services ------------------------------------------------------------------------------------------------


def _outside(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        for name in _imported(node):
            if _is_forbidden(name):
                yield node.lineno, f"imports {name}; call a function of fivefold.services instead"  # type: ignore[attr-defined]
        if isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__") and not _is_harmless(node):
            yield node.lineno, "imports a module by a name made at run time"
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_base_manager", "_default_manager"):
            yield node.lineno, f"uses .{node.attr}: a query belongs in fivefold.services"
        if isinstance(node, ast.Attribute) and node.attr == "get_model":
            yield node.lineno, "fetches a model by its name"


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_forbidden(name: str) -> bool:
    return any(name == one or name.startswith(one + ".") for one in FORBIDDEN)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


def _is_harmless(node: ast.Call) -> bool:
    """A command is looked up in a table of the same file: its names are written there and are no records."""
    first = node.args[0] if node.args else None
    return (isinstance(first, ast.Constant) and not _is_forbidden(str(first.value))) or isinstance(first, ast.Name | ast.Subscript)


# ---- Inside the services -------------------------------------------------------------------------------------------------


def _undeclared(tree: ast.Module, module: str) -> Iterator[tuple[int, str]]:
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.name in UNDECLARED.get(module, set()):
            continue
        takes_actor = bool(node.args.args) and node.args.args[0].arg == "actor"
        declared = any(isinstance(one, ast.Call) and _called(one) == "clinical_act" for one in node.decorator_list)
        if takes_actor and not declared:
            yield node.lineno, f"{node.name} takes an actor and declares no permission (@clinical_act)"


if __name__ == "__main__":
    found = find_problems()
    print("\n".join(found))
    sys.exit(bool(found))
