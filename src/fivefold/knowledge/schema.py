"""JSON Schemas of the knowledge files, generated for editors; the linter checks more than they can say."""

import json
from pathlib import Path

from fivefold.knowledge.file_kinds import FILE_KINDS, FileKind
from fivefold.knowledge.json_schema import json_schema
from fivefold.knowledge.lint import WORD_LISTS

FOLDER = "schema"
ENDING = ".schema.json"
DESCRIPTION = "For editors. `fivefold knowledge lint` checks everything, also what only the whole base can tell."


def knowledge_schemas() -> dict[str, str]:
    """The text of every schema by the name of its file, such as ``instrument.schema.json``."""
    return {f"{kind.name}{ENDING}": _schema_text(kind) for kind in FILE_KINDS}


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write the schemas of a knowledge base into its schema folder, remove those of kinds that are gone, and name the files that changed."""
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    texts = knowledge_schemas()
    gone = [path for path in sorted(place.glob(f"*{ENDING}")) if path.name not in texts]
    for path in gone:
        path.unlink()
    changed = [place / name for name, text in texts.items() if _read(place / name) != text]
    for path in changed:
        path.write_text(texts[path.name], encoding="utf-8")
    return (*changed, *gone)


def schemas_are_fresh(folder: Path) -> bool:
    """Whether the schemas of a knowledge base are exactly what would be written now."""
    place = folder / FOLDER
    texts = knowledge_schemas()
    present = {path.name for path in place.glob(f"*{ENDING}")}
    return present == set(texts) and all(_read(place / name) == text for name, text in texts.items())


def _schema_text(kind: FileKind) -> str:
    title = f"Fivefold knowledge: {kind.name.replace('_', ' ')} ({kind.pattern})"
    schema = json_schema(kind.type, title=title, identifier=f"urn:fivefold:schema:knowledge:{kind.name}", description=DESCRIPTION)
    for (type_, field), words in WORD_LISTS.items():
        part = schema if type_ is kind.type else schema["$defs"].get(type_.__name__)
        if part is not None:
            part["properties"][field] = {"enum": list(words)}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
