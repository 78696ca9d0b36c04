"""What the files of the patient's own pages must hold together: known names, nothing hidden behind a branch, an emergency number for each place."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fivefold.concepts.errors import Problem
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.own_pages import DIARY_KINDS, ORDERS, SIDES, WITH_SIDES, CrisisFile, DiaryFile, HelperFile, SafetyPlanForm
from fivefold.knowledge.lint_files import CheckedFile, Files, problem

CONTACT_KINDS = ("emergency", "listening", "advice")
HELPER_KINDS = ("breathing", "steps", "timer")
NUMBER = re.compile(r"\+?[0-9][0-9 ]{1,18}[0-9]")


def check_own_pages(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    """Every check of the four files."""
    for file, plan in files.of(SafetyPlanForm):
        yield from _each_once(file, "parts", plan.parts)
    for file, contacts in files.of(CrisisFile):
        yield from _each_once(file, "places", contacts.places)
        yield from _contacts(files, file, contacts)
    for file, diary in files.of(DiaryFile):
        for name in ("items", "sets", "risk_rules", "patterns"):
            yield from _each_once(file, name, getattr(diary, name))
        yield from _items(files, file, diary)
        yield from _sets(files, file, diary)
        yield from _rules(file, diary)
        yield from _patterns(files, file, diary)
    for file, helpers in files.of(HelperFile):
        yield from _each_once(file, "helpers", helpers.helpers)
        for index, helper in enumerate(helpers.helpers):
            yield from files.unknown(file, f"helpers[{index}].kind", "kind of help", helper.kind, HELPER_KINDS)


def _each_once(file: CheckedFile, name: str, parts: Sequence[Any]) -> Iterator[Problem]:
    taken: set[str] = set()
    for index, part in enumerate(parts):
        if part.id in taken:
            yield problem(file, f"{name}[{index}].id", repr(part.id), "an id of its own", "Rename one, or remove the copy.")
        taken.add(part.id)


def _contacts(files: Files, file: CheckedFile, contacts: CrisisFile) -> Iterator[Problem]:
    for index, place in enumerate(contacts.places):
        if not place.contacts or place.contacts[0].kind != "emergency":
            yield problem(file, f"places[{index}].contacts", repr(place.id), "the emergency number first", "Put it at the top of the list.")
        for number, contact in enumerate(place.contacts):
            path = f"places[{index}].contacts[{number}]"
            yield from files.unknown(file, f"{path}.kind", "kind of contact", contact.kind, CONTACT_KINDS)
            if not NUMBER.fullmatch(contact.number):
                yield problem(file, f"{path}.number", repr(contact.number), "a telephone number: digits and spaces", "Write it as one dials it.")


def _items(files: Files, file: CheckedFile, diary: DiaryFile) -> Iterator[Problem]:
    for index, item in enumerate(diary.items):
        path = f"items[{index}]"
        yield from files.unknown(file, f"{path}.kind", "kind of item", item.kind, DIARY_KINDS)
        yield from files.unknown(file, f"{path}.order", "order", item.order, ORDERS)
        if item.risk:
            yield from files.unknown(file, f"{path}.risk", "rule of risk", item.risk, [rule.id for rule in diary.risk_rules])
        if item.goes_with:
            yield from files.unknown(file, f"{path}.goes_with", "item", item.goes_with, [one.id for one in diary.items])
        if item.risk and item.order != "life":
            yield problem(file, f"{path}.order", repr(item.order), "life, because the item has a rule of risk", "What is about danger is looked at first.")


def _sets(files: Files, file: CheckedFile, diary: DiaryFile) -> Iterator[Problem]:
    for index, one in enumerate(diary.sets):
        path = f"sets[{index}].items"
        yield from files.each_unknown(file, path, "item", one.items, [item.id for item in diary.items])
        for item in diary.items:
            if item.goes_with in one.items and item.id not in one.items:
                words = "Add it: a card that asks about the one asks about the other, always."
                yield problem(file, path, repr(one.id), f"{item.id}, because {item.goes_with} is asked", words)
        least, most = (diary.least_in_crisis.value, diary.most_in_crisis.value) if one.is_for_crisis else (1, diary.most_items.value)
        if not least <= len(one.items) <= most:
            yield problem(file, path, f"{len(one.items)} items", f"{least:g} to {most:g} items", "Leave some out, or add some.")


def _patterns(files: Files, file: CheckedFile, diary: DiaryFile) -> Iterator[Problem]:
    sided = [item.id for item in diary.items if item.kind in WITH_SIDES]
    for index, pattern in enumerate(diary.patterns):
        path = f"patterns[{index}]"
        yield from files.unknown(file, f"{path}.side", "side of usual", pattern.side, SIDES)
        for name in ("when", "then"):
            yield from files.unknown(file, f"{path}.{name}", "item with a side", getattr(pattern, name), sided)


def _rules(file: CheckedFile, diary: DiaryFile) -> Iterator[Problem]:
    for index, rule in enumerate(diary.risk_rules):
        if rule.help_from.value > rule.signal_from.value:
            words = "Whatever raises a signal shows help at once."
            yield problem(file, f"risk_rules[{index}].help_from", f"{rule.help_from.value:g}", f"at most {rule.signal_from.value:g}", words)
        if rule.may_have_usual and not rule.id.endswith("_urge"):
            words = "Only urges have a usual level; acts and intent are never usual."
            yield problem(file, f"risk_rules[{index}].may_have_usual", "yes", "no for anything but an urge", words)
