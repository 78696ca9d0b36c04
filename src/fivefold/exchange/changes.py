"""Changes to an assessment as a person writes them: ``ratings.anger=3``, ``resilience.level=high``, ``decline S19``.

A change is made in the written form, before the file is read, so that it is checked like everything else.
"""

from collections.abc import Sequence

from fivefold.concepts.errors import Problem
from fivefold.knowledge.strict_yaml import Node, parse_tree


def apply_changes(root: Node, changes: Sequence[str], file: str) -> list[Problem]:
    """Change the tree in place; each change is ``path=value`` with a YAML value, ``path=`` removes what stands there."""
    problems: list[Problem] = []
    for change in changes:
        path, separator, value = change.partition("=")
        if not separator or not path.strip():
            problems.append(Problem(file, 0, change, repr(change), "path=value", "Write for instance ratings.anger=3."))
            continue
        node, found = _value_node(value, file, path)
        problems.extend(found)
        if not found:
            problems.extend(_set(root, path.strip().split("."), node, file))
    return problems


def decline_change(module: str) -> str:
    """The change that records a module as declined by the patient."""
    return f"modules+={{id: {module}, declined_by_patient: yes}}"


def _value_node(text: str, file: str, path: str) -> tuple[Node | None, list[Problem]]:
    if not text.strip():
        return None, []
    node, problems = parse_tree(text, file)
    return node, [Problem(file, 0, path, repr(text), "a YAML value", problem.remedy) for problem in problems]


def _set(root: Node, keys: list[str], value: Node | None, file: str) -> list[Problem]:
    here = root
    for position, key in enumerate(keys[:-1]):
        if not isinstance(here.value, dict):
            return [Problem(file, 0, ".".join(keys[: position + 1]), "", "a mapping on the way", "Check the path of the change.")]
        if key not in here.value:
            here.value[key] = (0, Node({}, 0))
        elif not isinstance(here.value[key][1].value, dict):
            here.value[key] = (here.value[key][0], Node({}, here.value[key][0]))
        here = here.value[key][1]
    return _enter(here, keys[-1], value, file)


def _enter(here: Node, key: str, value: Node | None, file: str) -> list[Problem]:
    if not isinstance(here.value, dict):
        return [Problem(file, 0, key, "", "a mapping", "Check the path of the change.")]
    if key.endswith("+"):
        name = key[:-1]
        line, current = here.value.get(name, (0, Node([], 0)))
        entries = list(current.value) if isinstance(current.value, list) else []
        if value is not None:
            entries = [entry for entry in entries if not _same_id(entry, value)] + [value]
        here.value[name] = (line, Node(entries, line))
    elif value is None:
        here.value.pop(key, None)
    else:
        here.value[key] = (value.line, value)
    return []


def _same_id(left: Node, right: Node) -> bool:
    def name(node: Node) -> object:
        return node.value["id"][1].value if isinstance(node.value, dict) and "id" in node.value else None

    return name(left) is not None and name(left) == name(right)
