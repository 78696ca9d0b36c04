"""Write the catalogue of the app's words, from which a translation begins; with ``--check`` only say whether it is up to date.

What is in it: every text that goes through gettext in the templates and in the code of ``web/``, ``services/`` and ``records/``,
what a drawing says (``view.say``), and the tables of words that pages look up (``TABLES``). Clinical knowledge is not: it is
translated where it stands, in the knowledge base. Lines are not noted, so that code that moves changes nothing here.
"""

import ast
import importlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "fivefold"
CATALOGUE = SOURCE / "web" / "locale" / "fivefold.pot"
CODE = ("web", "services", "records", "documents")
# Of each function: how many of its first arguments are texts (one, or singular and plural), and whether a context comes before them.
FUNCTIONS = {
    "gettext": (1, False), "gettext_lazy": (1, False), "gettext_noop": (1, False), "NotAcceptable": (1, False), "checked_address": (1, False),
    "say": (1, False), "to_say": (1, False), "say_number": (2, False),
    "ngettext": (2, False), "ngettext_lazy": (2, False), "pgettext": (1, True), "pgettext_lazy": (1, True), "npgettext": (2, True),
}  # fmt: skip
# Words of the closed lists, which stand where no framework may be imported; pages translate them when they look them up.
TABLES = {
    "fivefold.concepts.basis": ("BASIS_WORDS",),
    "fivefold.concepts.criterion_words": ("STATED_WORDS",),
    "fivefold.concepts.question_words": (
        "COMPONENT_WORDS", "CONTEXT_WORDS", "CRITERIA_WORDS", "DEPENDANT_WORDS", "MORE_RISK_QUESTIONS", "READINESS_WORDS", "RISK_WORDS",
    ),
    "fivefold.concepts.scores": ("NOT_SEEN",),
    "fivefold.concepts.vocabulary": ("DIAGNOSES", "EVENT_WORDS", "EVIDENCE_WORDS", "NUMBER_FACTS", "ResilienceLevel", "Severity", "GeneralState"),
    "fivefold.documents.html.formats": ("MONTHS",),
    "fivefold.documents.html.modules": ("THERAPY_WORDS",),
    "fivefold.documents.html.words": (
        "COVERAGE_WORDS", "GENERAL_WORDS", "GENERAL_WORDS_TOGETHER", "INPUT_WORDS", "LISTED_WORDS", "MATCH_WORDS", "MATCH_WORDS_TOGETHER",
        "MET_WORDS", "OVERRIDE_WORDS", "STAGE_WORDS", "STAGE_WORDS_TOGETHER",
    ),
}  # fmt: skip
HEADER = (
    "Content-Type: text/plain; charset=UTF-8\\n",
    "Content-Transfer-Encoding: 8bit\\n",
    "MIME-Version: 1.0\\n",
    "Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n",
)


@dataclass(frozen=True, order=True)
class Message:
    """One text to translate. ``plural`` and ``context`` are empty where there is none."""

    text: str
    plural: str = ""
    context: str = ""


def all_messages() -> dict[Message, set[str]]:
    """Every message with the files (below ``src/fivefold``) that say it, sorted by its text."""
    found: dict[Message, set[str]] = {}
    for file in _files(".py", CODE):
        for message in _in_code(file.read_text(encoding="utf-8")):
            found.setdefault(message, set()).add(_name(file))
    for file in _files((".html", ".txt"), ("web",)):
        for message in _in_template(file):
            found.setdefault(message, set()).add(_name(file))
    for module, names in TABLES.items():
        for text in _strings([getattr(importlib.import_module(module), name) for name in names]):
            found.setdefault(Message(text), set()).add(module.removeprefix("fivefold.").replace(".", "/") + ".py")
    return dict(sorted(found.items()))


def _files(endings: str | tuple[str, ...], folders: tuple[str, ...]) -> list[Path]:
    return sorted(file for folder in folders for file in (SOURCE / folder).rglob("*") if file.name.endswith(endings))


def _name(file: Path) -> str:
    return file.relative_to(SOURCE).as_posix()


# ---- Code ----------------------------------------------------------------------------------------------------------------


def _in_code(text: str) -> Iterator[Message]:
    tree = ast.parse(text)
    names = {name: name for name in FUNCTIONS} | dict(_other_names(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (function := FUNCTIONS.get(names.get(_called(node), ""))):
            message = _message(node.args, *function)
            if message is not None:
                yield message


def _other_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a file calls a function of gettext, for instance ``_``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            yield from ((one.asname or one.name, one.name) for one in node.names)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _message(arguments: list[ast.expr], texts: int, has_context: bool) -> Message | None:
    """The message of a call, or None where its text is looked up (``TABLES`` holds what can be found there)."""
    given = [one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)][: texts + has_context]
    if len(given) < texts + has_context:
        return None
    context = given.pop(0) if has_context else ""
    return Message(given[0], given[1] if texts > 1 else "", context)


def _strings(value: Any) -> Iterator[str]:
    """Every text within a table, however deep; keys are ids and are left out. Of an enumeration: its names as words."""
    if isinstance(value, type) and issubclass(value, Enum):
        yield from (one.name.lower().replace("_", " ") for one in value)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _strings(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)


# ---- Templates -----------------------------------------------------------------------------------------------------------


def _in_template(file: Path) -> Iterator[Message]:
    from django.utils.translation.template import templatize  # noqa: PLC0415  # once Django is set up

    # Django's own reading for xgettext: every tag becomes a call, all else becomes the letter X.
    for call in re.finditer(r"(?<![\w.])(gettext|ngettext|pgettext|npgettext|_)\(", told := templatize(file.read_text(encoding="utf-8"), origin=str(file))):
        yield from _in_code(_balanced(told, call))


def _balanced(text: str, call: re.Match[str]) -> str:
    """One call as code that can be parsed: up to the first bracket at which it is whole."""
    for end in (found.end() for found in re.finditer(r"\)", text[call.start() :])):
        piece = text[call.start() : call.start() + end].replace("_(", "gettext(", 1) if call[1] == "_" else text[call.start() : call.start() + end]
        try:
            ast.parse(piece)
        except SyntaxError:
            continue
        return piece
    return ""


# ---- Writing -------------------------------------------------------------------------------------------------------------


def catalogue(messages: Mapping[Message, set[str]]) -> str:
    """The catalogue as a .pot file."""
    parts = ['msgid ""\nmsgstr ""\n' + "".join(f'"{line}"\n' for line in HEADER)]
    return "\n".join(parts + [_entry(message, files) for message, files in messages.items()])


def _entry(message: Message, files: set[str]) -> str:
    lines = [f"#: {' '.join(sorted(files))}"]
    if kind := "python-format" if re.search(r"%\(\w+\)|%[sd]", message.text) else "python-brace-format" if re.search(r"\{\w+\}", message.text) else "":
        lines.append(f"#, {kind}")
    lines += [f"msgctxt {_quoted(message.context)}"] if message.context else []
    lines.append(f"msgid {_quoted(message.text)}")
    lines += [f"msgid_plural {_quoted(message.plural)}", 'msgstr[0] ""', 'msgstr[1] ""'] if message.plural else ['msgstr ""']
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def main(arguments: list[str]) -> str | None:
    """Write or check; gives what is wrong, or None."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "fivefold.web.settings.test"
    django.setup()
    wanted = catalogue(all_messages())
    if "--check" not in arguments:
        CATALOGUE.parent.mkdir(exist_ok=True)
        CATALOGUE.write_text(wanted, encoding="utf-8")
    elif not CATALOGUE.exists() or CATALOGUE.read_text(encoding="utf-8") != wanted:
        return f"{CATALOGUE.relative_to(ROOT)} is not up to date: run .venv/bin/python -m scripts.catalogue"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
