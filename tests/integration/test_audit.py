"""The audit chain: whatever is changed in it, cut from it or moved within it is found, and the place is named."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.support.clinic import Cast

from fivefold.records import clock
from fivefold.records.models import AuditEntry, AuditHead, Clinic
from fivefold.records.models.base import NeverChanged
from fivefold.services import assessments, audit, patients
from fivefold.services.access import ACTS, AccessDenied, NoSuchPatient
from fivefold.services.audit import PastIsReal
from fivefold.services.operations.audit_export import audit_lines, export_audit, read_anchor

ENTRIES = 24


@pytest.fixture
def chain(cast: Cast) -> Clinic:
    """A chain of entries of every shape: views and changes, with and without a patient, with details."""
    clinic = cast.amina.clinic
    while AuditEntry.objects.filter(clinic=clinic).count() < ENTRIES:
        number = AuditEntry.objects.filter(clinic=clinic).count()
        patient = cast.rosa.pk if number % 3 else None
        audit.record(cast.amina, f"act_{number}", patient_id=patient, target=f"row {number}", is_view=bool(number % 2), count=number)
    assert list(audit.verify(clinic)) == []
    return clinic


def change(clinic: Clinic, number: int, /, **fields: Any) -> None:
    """What somebody with the database but without the keys can do."""
    assert AuditEntry._base_manager.filter(clinic=clinic, number=number).update(**fields) == 1


def found_at(clinic: Clinic, anchor: audit.Anchor | None = None) -> list[int]:
    return [problem.number for problem in audit.verify(clinic, anchor)]


CHANGES: dict[str, Any] = {
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "user_id": 999_999,
    "role": "lead",
    "act": "see_record",
    "patient_id": uuid.uuid4(),
    "target": "another row",
    "detail": {"view": True},
    "before_hash": "f" * 64,
    "hash": "f" * 64,
}


@pytest.mark.parametrize("number", [1, 2, 13, ENTRIES - 1, ENTRIES])
@pytest.mark.parametrize("name", CHANGES)
def test_edited_entry_is_found_at_its_place(chain: Clinic, name: str, number: int) -> None:
    change(chain, number, **{name: CHANGES[name]})

    found = found_at(chain)

    assert found and found[0] in (number, number + 1 if name == "hash" else number)


def test_every_field_of_an_entry_is_covered() -> None:
    fields = {field.attname for field in AuditEntry._meta.concrete_fields} - {"id", "hash"}

    assert fields == set(audit.CONTENT)


@pytest.mark.parametrize("number", range(1, ENTRIES + 1))
def test_deleted_entry_is_found_at_its_place(chain: Clinic, number: int) -> None:
    AuditEntry._base_manager.filter(clinic=chain, number=number)._raw_delete("default")

    assert found_at(chain)[0] == number


@pytest.mark.parametrize(("first", "second"), [(1, 2), (5, 6), (3, 20), (ENTRIES - 1, ENTRIES)])
def test_exchanged_entries_are_found_at_both_places(chain: Clinic, first: int, second: int) -> None:
    change(chain, first, number=10_000)
    change(chain, second, number=first)
    change(chain, 10_000, number=second)

    assert {first, second} <= set(found_at(chain))


def test_inserted_entry_is_found(chain: Clinic) -> None:
    twin = AuditEntry.objects.get(clinic=chain, number=ENTRIES)
    forged = AuditEntry(**{field.attname: getattr(twin, field.attname) for field in AuditEntry._meta.concrete_fields if field.attname != "id"})
    forged.number, forged.before_hash = ENTRIES + 1, twin.hash
    forged.save()
    AuditHead.objects.filter(clinic=chain).update(number=ENTRIES + 1, hash=forged.hash)

    assert found_at(chain)[0] == ENTRIES + 1


def test_shortened_chain_is_found_by_its_head(chain: Clinic) -> None:
    AuditEntry._base_manager.filter(clinic=chain, number__gt=ENTRIES - 3)._raw_delete("default")

    problems = list(audit.verify(chain))

    assert [problem.number for problem in problems] == [ENTRIES - 2]
    assert f"it is entry {ENTRIES - 3}" in problems[0].what


def cut_with_its_head(clinic: Clinic, last: int) -> None:
    AuditEntry._base_manager.filter(clinic=clinic, number__gt=last)._raw_delete("default")
    end = AuditEntry.objects.get(clinic=clinic, number=last)
    AuditHead.objects.filter(clinic=clinic).update(number=last, hash=end.hash)


@pytest.mark.parametrize("last", range(1, ENTRIES))
def test_end_cut_off_with_its_head_is_found_against_an_anchor(chain: Clinic, last: int) -> None:
    anchor = audit.make_anchor(chain)
    cut_with_its_head(chain, last)

    assert found_at(chain) == []
    assert found_at(chain, anchor) == [last + 1]


def test_chain_begun_anew_after_a_cut_is_found_against_an_anchor(chain: Clinic, cast: Cast) -> None:
    anchor = audit.make_anchor(chain)
    cut_with_its_head(chain, 10)
    for number in range(ENTRIES):
        audit.record(cast.amina, f"harmless_{number}")

    assert found_at(chain) == []
    assert found_at(chain, anchor) == [ENTRIES]


def test_changed_or_foreign_anchor_is_refused(chain: Clinic, cast: Cast) -> None:
    from dataclasses import replace

    anchor = audit.make_anchor(chain)

    assert found_at(chain, anchor) == []
    for wrong in (replace(anchor, number=5), replace(anchor, hash="0" * 64), replace(anchor, at="2020-01-01T00:00:00+00:00")):
        assert "changed" in next(iter(audit.verify(chain, wrong))).what
    assert found_at(cast.chidi.clinic, anchor) == [anchor.number]


def test_hundreds_of_compound_tampers_are_all_found(chain: Clinic) -> None:
    from itertools import product

    from django.db import transaction

    missed = []
    for (name, value), first, second in product(CHANGES.items(), range(1, ENTRIES, 4), range(2, ENTRIES, 6)):
        with transaction.atomic():
            change(chain, first, **{name: value})
            AuditEntry._base_manager.filter(clinic=chain, number=second)._raw_delete("default")
            if not found_at(chain):
                missed.append((name, first, second))
            transaction.set_rollback(True)

    assert missed == []


def test_whole_chain_hashed_anew_without_the_key_is_found_from_its_first_entry(chain: Clinic) -> None:
    import hashlib
    import json

    before = audit.START
    for entry in AuditEntry.objects.filter(clinic=chain).order_by("number"):
        entry.act, entry.before_hash = "harmless", before
        said = [audit.plain(getattr(entry, name)) for name in audit.CONTENT]
        before = hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        change(chain, entry.number, act=entry.act, before_hash=entry.before_hash, hash=before)
    AuditHead.objects.filter(clinic=chain).update(hash=before)

    assert found_at(chain) == list(range(1, ENTRIES + 1))


def test_clock_set_back_shows(chain: Clinic, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) - timedelta(days=1))
    audit.record(cast.amina, "late")

    assert [problem.what for problem in audit.verify(chain)] == ["its time lies before that of the entry before it"]


# ---- Writing -------------------------------------------------------------------------------------------------------------


def test_chains_of_two_clinics_are_apart(chain: Clinic, cast: Cast) -> None:
    audit.record(cast.chidi, "elsewhere")

    assert AuditEntry.objects.get(clinic=cast.chidi.clinic).number == 1
    assert found_at(chain) == found_at(cast.chidi.clinic) == []


def test_entry_cannot_be_changed_or_deleted(chain: Clinic) -> None:
    entry = AuditEntry.objects.filter(clinic=chain).first()
    assert entry is not None

    for forbidden in (entry.save, entry.delete, AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(act="x")):
        with pytest.raises(NeverChanged):
            forbidden()


def test_act_and_its_entry_stand_or_fall_together(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        patients.add_patient(cast.amina, name="Ines K.", birth_year=1990)

    assert cast.rosa.__class__.objects.count() == 1


def test_refused_act_leaves_no_entry_of_having_been_done(cast: Cast) -> None:
    before = AuditEntry.objects.count()

    with pytest.raises(NoSuchPatient):
        assessments.see_record(cast.chidi, patient_id=cast.rosa.pk)
    with pytest.raises(AccessDenied):
        patients.add_patient(cast.adrian, name="Ines K.", birth_year=1990)

    assert AuditEntry.objects.count() == before


def test_views_and_changes_are_told_apart_and_name_who_and_whom(cast: Cast) -> None:
    assessments.see_record(cast.bruno, patient_id=cast.rosa.pk)

    entry = AuditEntry.objects.filter(clinic=cast.amina.clinic).latest("number")

    assert (entry.act, entry.user_id, entry.role, entry.patient_id, entry.detail["view"]) == (
        "see_record",
        cast.bruno.user.pk,
        "supervisor",
        cast.rosa.pk,
        True,
    )


def test_no_entry_holds_a_name_or_a_text(cast: Cast) -> None:
    from django.utils import timezone

    from fivefold.services.record_file import NewFact

    told = [NewFact("rating", "anger", {"severity": 2}, timezone.localdate(), note="canary-note")]
    assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=told)
    patients.add_patient(cast.amina, name="Canary Name", birth_year=1990, reference="canary-reference")

    raw = repr(list(AuditEntry.objects.values_list())).casefold()

    assert "canary" not in raw and "rosa" not in raw


def test_past_is_written_for_synthetic_clinics_alone(cast: Cast) -> None:
    with clock.acting_at(datetime(2024, 5, 1, 9, tzinfo=UTC)), pytest.raises(PastIsReal):
        patients.add_patient(cast.amina, name="Ines K.", birth_year=1990)

    Clinic.objects.filter(pk=cast.amina.clinic.pk).update(synthetic=True)
    cast.amina.clinic.refresh_from_db()
    with clock.acting_at(datetime(2024, 5, 1, 9, tzinfo=UTC)):
        patient = patients.add_patient(cast.amina, name="Ines K.", birth_year=1990)

    assert patient.created_at.year == 2024
    assert AuditEntry.objects.latest("id").detail["simulated"] is True


def test_every_act_declares_its_permission() -> None:
    assert len(ACTS) > 20 and all(ACTS.values())


# ---- Exporting -----------------------------------------------------------------------------------------------------------


def test_exported_trail_ends_with_an_anchor_that_holds(chain: Clinic) -> None:
    lines = list(audit_lines(chain))

    anchor = read_anchor("\n".join(lines))

    assert len(lines) == ENTRIES + 1
    assert found_at(chain, anchor) == []
    cut_with_its_head(chain, ENTRIES - 1)
    assert found_at(chain, anchor) == [ENTRIES]


def test_auditor_alone_takes_the_trail_and_that_is_audited(chain: Clinic, cast: Cast) -> None:
    text = export_audit(cast.olga)

    assert len(text.splitlines()) == ENTRIES + 1
    assert AuditEntry.objects.filter(clinic=chain).latest("number").act == "export_audit"
    for other in (cast.amina, cast.lea, cast.adrian):
        with pytest.raises(AccessDenied):
            export_audit(other)
