"""Sealed texts open where they were sealed and nowhere else, with their own key and no other, unchanged or not at all."""

import json
import stat
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from tests.support.clinic import Cast

from fivefold.records.crypto import (
    FORMAT,
    KeyFileMissing,
    KeyInUse,
    Keyring,
    SealBroken,
    add_key,
    key_name,
    keyring,
    make_key_file,
    read_keyring,
    retire_keys,
)
from fivefold.records.models import ClinicalFact, Consent, Goal, Patient, PlanVersion
from fivefold.services import assessments, goals, patients
from fivefold.services.operations.sealed import sealed_models
from fivefold.services.record_file import NewFact

PLACE = "records_patient name 1 1"
TEXTS = ("", "a", "Rosa D.", "ä 漢 🙂 " * 40, "x" * 5000)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A key file of the test's own."""
    path = tmp_path / "keys" / "own.keys"
    make_key_file(path)
    return path


def is_refused(ring: Keyring, sealed: bytes, place: str = PLACE) -> bool:
    try:
        ring.open(sealed, place)
    except SealBroken as error:
        assert error.__context__ is None or error.__suppress_context__
        return True
    return False


@pytest.mark.parametrize("text", TEXTS)
def test_text_opens_where_it_was_sealed(keys: Path, text: str) -> None:
    ring = read_keyring(keys)

    assert ring.open(ring.seal(text, PLACE), PLACE) == text


def test_every_flipped_bit_is_refused(keys: Path) -> None:
    ring = read_keyring(keys)
    add_key(keys)
    both = read_keyring(keys)
    tampers = 0
    for text in ("Rosa D.", "x" * 900, "ä 漢 🙂 " * 30):
        sealed = ring.seal(text, PLACE)
        for place in range(len(sealed)):
            for bit in range(8):
                changed = bytearray(sealed)
                changed[place] ^= 1 << bit
                assert is_refused(both, bytes(changed))
                tampers += 1

    assert tampers > 10_000


def test_every_truncation_and_every_addition_is_refused(keys: Path) -> None:
    ring = read_keyring(keys)
    sealed = ring.seal("old thoughts, no plan", PLACE)

    assert all(is_refused(ring, sealed[:length]) for length in range(len(sealed)))
    assert all(is_refused(ring, sealed[start:]) for start in range(1, len(sealed)))
    assert all(is_refused(ring, sealed + bytes([tail])) for tail in range(256))


def test_every_other_place_is_refused(keys: Path) -> None:
    ring = read_keyring(keys)
    places = [f"{table} {field} {row} {patient}" for table in "ab" for field in "cd" for row in (1, 2, 11) for patient in (1, 2, 12)]
    sealed = {place: ring.seal(place, place) for place in places}

    wrong = [(own, other) for own, other in permutations(places, 2) if not is_refused(ring, sealed[own], other)]

    assert len(places) == 36 and wrong == []


def test_another_format_version_is_refused(keys: Path) -> None:
    ring = read_keyring(keys)
    sealed = ring.seal("text", PLACE)

    assert all(is_refused(ring, bytes([version]) + sealed[1:]) for version in range(256) if version != FORMAT)


def test_key_of_another_name_is_refused(keys: Path) -> None:
    sealed = read_keyring(keys).seal("text", PLACE)
    old = key_name(sealed)
    new = add_key(keys)
    renamed = sealed.replace(old.encode(), new.encode())

    ring = read_keyring(keys)

    assert ring.open(sealed, PLACE) == "text"
    assert key_name(renamed) == new and is_refused(ring, renamed)
    assert is_refused(ring, sealed.replace(old.encode(), b"kffffffff"))


def test_retired_key_opens_nothing_and_the_current_one_stays(keys: Path) -> None:
    before = read_keyring(keys)
    sealed = before.seal("text", PLACE)
    new = add_key(keys)

    retire_keys(keys, [before.current])

    assert is_refused(read_keyring(keys), sealed)
    with pytest.raises(KeyInUse):
        retire_keys(keys, [new])


def test_keys_of_another_installation_open_nothing(keys: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.keys"
    make_key_file(other)
    content = json.loads(other.read_text())
    own = read_keyring(keys)
    ring = Keyring(own.current, {own.current: read_keyring(other).keys[content["current"]]}, own.index_key)

    assert is_refused(ring, own.seal("text", PLACE))


def test_no_nonce_is_used_twice(keys: Path) -> None:
    ring = read_keyring(keys)
    start = 2 + len(ring.current)

    nonces = {ring.seal("same", PLACE)[start : start + 12] for _ in range(100_000)}

    assert len(nonces) == 100_000


def test_refusal_says_nothing_of_the_text(keys: Path) -> None:
    ring = read_keyring(keys)

    with pytest.raises(SealBroken) as caught:
        ring.open(ring.seal("canary-4711", PLACE), "elsewhere")

    assert "canary" not in str(caught.value) and "elsewhere" not in str(caught.value)


# ---- The key file --------------------------------------------------------------------------------------------------------


def test_key_file_is_its_owners_alone_and_never_written_over(keys: Path) -> None:
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    add_key(keys)
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        make_key_file(keys)


def test_key_file_that_others_may_read_is_refused(keys: Path) -> None:
    keys.chmod(0o640)

    with pytest.raises(KeyFileMissing, match="chmod 600"):
        read_keyring(keys)


NO_KEYS = ("", "{}", "[]", "null", '{"current": "k", "keys": {}, "index_key": ""}', '{"current": "k", "keys": {"k": "eA=="}, "index_key": "eA=="}')


@pytest.mark.parametrize("content", NO_KEYS)
def test_file_that_holds_no_keys_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.keys"
    path.touch(mode=0o600)
    path.write_text(content)

    with pytest.raises(KeyFileMissing, match=r"broken\.keys"):
        read_keyring(path)


def test_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing, match=r"nowhere\.keys"):
        read_keyring(tmp_path / "nowhere.keys")


def test_key_added_by_another_process_is_seen_at_once(keys: Path, settings: Any) -> None:
    settings.FIVEFOLD_KEY_FILE = keys
    before = keyring().current

    added = add_key(keys)

    assert keyring().current == added != before


def test_names_are_found_whichever_way_their_letters_are_composed(keys: Path) -> None:
    ring = read_keyring(keys)

    assert ring.blind_index("Zoë  Ångström ", "name") == ring.blind_index("ZOE\u0308 A\u030angstro\u0308m", "name")
    assert ring.blind_index("Zoë", "name") != ring.blind_index("Zoë", "reference")
    assert ring.blind_index("Zoë", "name") != ring.blind_index("Zoe", "name")


# ---- Rows ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def rows(cast: Cast) -> list[Any]:
    """Two patients with every kind of sealed text that acts write."""
    from django.utils import timezone

    found: list[Any] = []
    today = timezone.localdate()
    for patient in (cast.rosa, patients.add_patient(cast.amina, name="Ines K.", birth_year=1990, reference="B-12")):
        noted = [NewFact("rating", name, {"severity": 2}, today, note=f"note on {name}") for name in ("anger", "sleep")]
        found += [patient, *assessments.record_facts(cast.amina, patient_id=patient.pk, facts=noted)]
        found.append(goals.set_goal(cast.amina, patient_id=patient.pk, words="sleep at night", levels=["a", "b", "c", "d", "e"]))
        found.append(patients.record_consent(cast.amina, patient_id=patient.pk, purpose="letters", given=True, on=today, note="by word"))
        found += [_plan(cast, patient, number) for number in (1, 2)]
    return found


def _plan(cast: Cast, patient: Patient, number: int) -> PlanVersion:
    from django.utils import timezone

    plan = PlanVersion(
        clinic=cast.amina.clinic, patient=patient, number=number, as_of=timezone.localdate(), phase="P3", signed_by=cast.amina.user,
        signed_at=timezone.now(), review_on=timezone.localdate(), patient_view="agrees",
    )  # fmt: skip
    plan.proposal, plan.decisions, plan.patient_words = f'{{"number": {number}}}', "{}", "this is mine"
    plan.save()
    return plan


def test_no_text_opens_in_another_row_field_patient_or_version(rows: list[Any]) -> None:
    sealed = {(row, name): bytes(getattr(row, f"{name}_sealed")) for row in rows for name in _names(type(row)) if getattr(row, f"{name}_sealed")}
    opened_elsewhere = []
    for (own, _), value in sealed.items():
        for other, name in sealed:
            if (other, name) != (own, _) and not is_refused(keyring(), value, other.place(name)):
                opened_elsewhere.append((own, other, name))

    assert len(sealed) >= 20 and opened_elsewhere == []


def _names(model: Any) -> tuple[str, ...]:
    return dict(sealed_models())[model]


def test_row_read_from_the_database_refuses_a_text_moved_into_it(rows: list[Any]) -> None:
    first, second = [row for row in rows if isinstance(row, ClinicalFact)][:2]
    ClinicalFact._base_manager.filter(pk=second.pk).update(note_sealed=first.note_sealed)

    with pytest.raises(SealBroken):
        _ = ClinicalFact.objects.get(pk=second.pk).note


def test_every_model_with_sealed_texts_is_known_to_rotation() -> None:
    known = {model.__name__ for model, _ in sealed_models()}

    assert {"Patient", "ClinicalFact", "PlanVersion", "PlanDraft", "Goal", "ProcessNote", "Consent", "BreakGlass", "ErasureStep", "FormDraft"} <= known


def test_nothing_a_patient_is_known_by_lies_readable_in_the_database(rows: list[Any]) -> None:
    raw = repr([list(model._base_manager.values_list()) for model in (Patient, ClinicalFact, Goal, Consent, PlanVersion)])

    assert not any(text in raw for text in ("Rosa", "Ines", "B-12", "note on", "sleep at night", "by word", "this is mine"))
