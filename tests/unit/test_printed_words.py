"""Printed plans and records speak through ``say`` alone, so that they can speak another language; what they say is tested on paper."""

import ast
import re
from pathlib import Path

import pytest

import fivefold

DOCUMENTS = Path(fivefold.__file__).parent / "documents"
CODE = sorted(file.name for file in DOCUMENTS.glob("pdf_*.py"))
TEMPLATES = ("common.typ", "document.typ", "form.typ", "plan_clinician.typ", "plan_patient.typ", "record.typ")
SPOKEN = {"say", "to_say", "say_number"}
# A word that begins with a capital, or two words beside each other: ids, places and file names are neither.
TEXT = re.compile(r"\b[A-Z][a-z]{2,}|[a-z] [a-z]|^ [a-z]{2,}|[a-z]{2,} $")
NAMES = {"Figtree", "Figtree More", "Fraunces", "Fraunces More", "DejaVu Sans", "Fivefold"}
# A text of the markup itself: a heading, a line that is a sentence, or what stands between square brackets.
IN_MARKUP = re.compile(r"^[ \t]*=+ [^#].*|^[ \t]*[A-Z][a-z]+ [a-z].*|\[\W*[A-Z][a-z]+[^\]]*\]|\[[a-z]+ [a-z][^\]]*\]", re.MULTILINE)
STRING = re.compile(r'"([^"]*)"')


def hard_texts(code: str) -> list[str]:
    """Texts for people in code that do not go through ``say``."""
    tree = ast.parse(code)
    said = {id(part) for call in ast.walk(tree) if isinstance(call, ast.Call) and ast.unparse(call.func) in SPOKEN for part in call.args}
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said | aside]
    return [text.value for text in texts if TEXT.search(text.value)]


def hard_words(template: str) -> list[str]:
    """Texts for people that stand in a template."""
    code = re.sub(r"^\s*//.*|(?<= )// .*", "", template, flags=re.MULTILINE)
    strings = [text for text in STRING.findall(code) if TEXT.search(text) and text not in NAMES]
    return strings + [found[0] for found in IN_MARKUP.finditer(STRING.sub("", code))]


@pytest.mark.parametrize("name", CODE)
def test_code_of_a_printed_document_speaks_through_say_alone(name: str) -> None:
    assert hard_texts((DOCUMENTS / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_of_a_printed_document_holds_no_text(name: str) -> None:
    assert hard_words((DOCUMENTS / "assets" / name).read_text(encoding="utf-8")) == []


def test_a_text_that_is_not_said_is_found() -> None:
    assert hard_texts('def f():\n    "A docstring."\n    return [say("Said {n}", n=1), f"Plan {number}", {"of": "not said"}]') == ["Plan ", "not said"]
    assert hard_words('// Note\n== Safety first\nsmall[Because: #x]\n#blank("My name")\n[#one.name]') == ["My name", "== Safety first", "[Because: #x]"]
