"""Mistakes that hurt users of other programs, looked for in the text of this one. Each test names where it happened.

Every search is shown to find the mistake in a sample before it finds nothing in our own code.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

# Reading all our code takes seconds: one worker does it, once.
pytestmark = pytest.mark.xdist_group("our own code")

SOURCE = Path(__file__).parent.parent.parent / "src" / "fivefold"
Search = Callable[[ast.AST], Iterator[str]]


@cache
def our_code() -> dict[str, ast.Module]:
    return {str(path.relative_to(SOURCE)): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}


def found_by(search: Search, *, inside: str = "", apart_from: tuple[str, ...] = ()) -> list[str]:
    """What a search finds in our own code, as ``file: what``."""
    return [f"{name}: {what}" for name, tree in our_code().items() if name.startswith(inside) and name not in apart_from for what in search(tree)]


@cache
def every_node(tree: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))


def in_sample(search: Search, text: str) -> bool:
    return any(True for _ in search(ast.parse(text)))


def imports_of(*names: str) -> Search:
    """Finds imports of modules or of what lies in them."""

    def search(tree: ast.AST) -> Iterator[str]:
        for node in every_node(tree):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            yield from (module for module in modules for name in names if module == name or module.startswith(name + "."))

    return search


def calls_of(*names: str) -> Search:
    """Finds calls of a function or method by its last name."""

    def search(tree: ast.AST) -> Iterator[str]:
        for node in every_node(tree):
            if isinstance(node, ast.Call) and called(node) in names:
                yield f"{called(node)}() in line {node.lineno}"

    return search


def name_that_is_called_on(node: ast.AST, *methods: str) -> str:
    """``row`` of ``row.save()``; empty for any other expression."""
    is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods
    return node.func.value.id if is_method and isinstance(node.func.value, ast.Name) else ""  # type: ignore[attr-defined]


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


# ---- Injection -----------------------------------------------------------------------------------------------------------


def orders_that_are_not_written_here(tree: ast.AST) -> Iterator[str]:
    for node in every_node(tree):
        if isinstance(node, ast.Call) and called(node) == "order_by" and not all(isinstance(one, ast.Constant) for one in node.args):
            yield f"order_by with a value in line {node.lineno}"
    yield from calls_of("extra", "raw", "RawSQL")(tree)


def test_openemr_2026_24908_no_column_to_order_by_comes_from_outside() -> None:
    assert in_sample(orders_that_are_not_written_here, "rows.order_by(request.GET['_sort'])")

    assert found_by(orders_that_are_not_written_here) == []


def statements_with_values_in_them(tree: ast.AST) -> Iterator[str]:
    for node in every_node(tree):
        if isinstance(node, ast.Call) and called(node) in ("execute", "executemany") and node.args and not isinstance(node.args[0], ast.Constant):
            yield f"a statement put together in line {node.lineno}"


def test_sql_is_put_together_in_the_operators_part_alone() -> None:
    assert in_sample(statements_with_values_in_them, "cursor.execute(f'SELECT {name}')")

    # Names of tables and columns of our own models, each quoted; and questions that stand in the same file.
    found = found_by(statements_with_values_in_them, apart_from=("services/installation.py", "services/outages.py"))
    assert {line.split(":")[0].rpartition("/")[0] for line in found} <= {"services/operations"}


def test_openmrs_2018_19276_nothing_from_outside_becomes_an_object() -> None:
    search = imports_of("pickle", "marshal", "shelve", "dill", "jsonpickle", "cloudpickle")
    assert in_sample(search, "from pickle import loads")

    # The cache reads what the same user wrote, in a folder of their own; anybody else's copy is left alone.
    assert found_by(search, apart_from=("knowledge/cache.py",)) == []
    assert found_by(calls_of("load_all", "unsafe_load", "full_load", "eval", "exec")) == []


def test_openmrs_b8e70f6_no_parser_of_xml_is_used() -> None:
    search = imports_of("xml", "lxml", "xmltodict", "defusedxml")
    assert in_sample(search, "import xml.etree.ElementTree")

    assert found_by(search) == []


def test_checktick_f12_templates_print_values_as_text() -> None:
    unescaped = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off")
    assert unescaped.search("{{ note|safe }}")

    assert [str(path) for path in SOURCE.rglob("*.html") if unescaped.search(path.read_text(encoding="utf-8"))] == []


def test_checktick_f12_markup_is_trusted_where_no_text_of_a_person_can_be_in_it() -> None:
    trusting = {line.split(":")[0] for line in found_by(calls_of("mark_safe"))}

    # Drawings from numbers, the map and the book that documents escapes value by value, constants of our own, and a page that
    # its own template has escaped, whose links and forms are taken out for the preview.
    drawn = {"web/library/shelf.py", "web/patients/profile_page.py", "web/patients/words.py", "web/ui/templatetags/ui.py"}
    assert trusting <= drawn | {"web/my/preview_views.py"}


# ---- Reaching out, and files ---------------------------------------------------------------------------------------------


def test_hapi_2026_34359_and_erpnext_2026_31017_the_program_calls_nobody() -> None:
    search = imports_of("urllib.request", "http.client", "socket", "ssl", "smtplib", "ftplib", "xmlrpc", "requests", "httpx", "aiohttp", "urllib3")
    assert in_sample(search, "from urllib.request import urlopen")
    out = calls_of("connect", "connect_ex", "create_connection", "sendto")
    assert in_sample(out, "trial.connect((host, 25))")

    assert found_by(search) == ["cli/admin.py: socket"]  # binds a port of this machine, to see whether another program has it
    assert [place for place in found_by(out) if place.startswith("cli/admin.py")] == []


def test_openemr_2026_24488_no_page_sends_or_takes_a_file_by_its_name() -> None:
    search = calls_of("FileResponse", "serve", "open", "FileField", "ImageField", "sendfile")
    assert in_sample(search, "FileResponse(open(request.GET['file']))")

    assert found_by(search, inside="web") == []
    assert [path.name for path in (SOURCE / "web").rglob("*.py") if "request.FILES" in path.read_text(encoding="utf-8")] == []


def starts_with_another_path(tree: ast.AST) -> Iterator[str]:
    for node in every_node(tree):
        if isinstance(node, ast.Call) and called(node) == "startswith" and any(isinstance(one, ast.Call) and called(one) == "str" for one in node.args):
            yield f"paths compared as text in line {node.lineno}"


def test_openmrs_8e435b3_no_place_is_compared_by_how_its_name_begins() -> None:
    assert in_sample(starts_with_another_path, "str(path).startswith(str(folder))")

    assert found_by(starts_with_another_path) == []


def test_checktick_f7_nothing_is_written_where_others_can_read_it() -> None:
    shared = calls_of("mktemp", "gettempdir", "TemporaryFile", "SpooledTemporaryFile")
    assert in_sample(shared, "tempfile.mktemp()")
    without_folder = [
        f"{name}:{node.lineno}"
        for name, tree in our_code().items()
        if name != "web/settings/test.py"
        for node in every_node(tree)
        if isinstance(node, ast.Call) and called(node) in ("mkdtemp", "mkstemp", "NamedTemporaryFile", "TemporaryDirectory")
        if not any(word.arg == "dir" for word in node.keywords)
    ]

    assert found_by(shared) == []
    assert without_folder == []


# ---- State that several share ----------------------------------------------------------------------------------------------


def settings_changed(tree: ast.AST) -> Iterator[str]:
    for node in every_node(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []
        for one in targets:
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "settings":
                yield f"settings.{one.attr} changed in line {node.lineno}"


def test_checktick_f17_no_setting_changes_while_the_program_runs() -> None:
    assert in_sample(settings_changed, "settings.DEBUG = True")

    assert found_by(settings_changed) == []


def rows_saved_whole(tree: ast.AST) -> Iterator[str]:
    """Rows that were read and are saved with every column; a row made in the same function is new."""
    for function in every_node(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        made = {
            target.id
            for node in every_node(function)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and called(node.value)[:1].isupper()
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in every_node(function):
            row = name_that_is_called_on(node, "save")
            if row and row not in made and isinstance(node, ast.Call) and not any(word.arg == "update_fields" for word in node.keywords):
                yield f"{function.name} saves {row} whole in line {node.lineno}"


def test_healthchecks_1d8e618_no_row_that_was_read_is_saved_whole() -> None:
    assert in_sample(rows_saved_whole, "def rename(pk):\n    check = Check.objects.get(pk=pk)\n    check.name = 'x'\n    check.save()")

    # A user who joins or gets a new password: the row is made or locked in the caller.
    assert [line for line in found_by(rows_saved_whole, inside="services") if "_with_password" not in line] == []


def test_checktick_f6_keys_are_added_and_taken_away_in_one_place() -> None:
    assert {line.split(":")[0] for line in found_by(calls_of("add_key", "retire_keys"))} == {"services/operations/keys.py"}
    # A file is made where there is none: at the first start, and when every copy of the keys of process notes is gone.
    assert {line.split(":")[0] for line in found_by(calls_of("make_key_file"))} == {"services/installation.py", "services/operations/lost_notes.py"}


# ---- Scoring -------------------------------------------------------------------------------------------------------------


def kept_in_the_module(tree: ast.AST) -> Iterator[str]:
    """Lists, dictionaries and sets of a module or a default argument that some function adds to."""
    shared = {
        target.id
        for node in ast.iter_child_nodes(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Dict | ast.Set | ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for function in every_node(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        if any(isinstance(default, ast.List | ast.Dict | ast.Set) for default in [*function.args.defaults, *function.args.kw_defaults] if default):
            yield f"{function.name} has a default that is shared between calls"
        for node in every_node(function):
            name = name_that_is_called_on(node, "append", "add", "update", "extend", "setdefault", "insert")
            if name in shared:
                yield f"{function.name} adds to {name}"


@pytest.mark.parametrize("part", ["concepts", "engine", "exchange"])
def test_hippocrates_answers_of_one_person_are_never_left_for_the_next(part: str) -> None:
    assert in_sample(kept_in_the_module, "ANSWERS = []\ndef answer(value):\n    ANSWERS.append(value)")

    assert found_by(kept_in_the_module, inside=part) == []
