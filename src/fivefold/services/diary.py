"""Acts about the diary: the card, entries that are kept exactly once, corrections, what is usual, and what is to be brought up."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import BroughtUp, ClinicalFact, DiaryCard, DiaryEntry, Patient, TreatmentSession, User, UsualUrge
from fivefold.services.access import Actor, Permission, ReasonMissing, clinical_act, patient_for
from fivefold.services.assessments import add_facts
from fivefold.services.diary_content import Answers, Card, checked_answers, checked_card, read_answers, read_card, valid_answers
from fivefold.services.diary_risk import RiskSeen, Usual, risk_of
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.record_file import NewFact
from fivefold.services.refused_answers import keep_refused
from fivefold.services.signals import Origin, RiskAnswer, raise_risk_answers

SHORTEST_REASON = 10
# The event after which no urge is usual until a clinician has said so again.
ENDS_USUAL = "suicide_attempt"
LONGEST_BROUGHT = 1000
# A clock may be this far ahead, or a traveller in another zone, before its day is not believed.
CLOCK_AHEAD = timedelta(hours=26)


class NoCard(FivefoldError):
    """There is no diary card yet. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no diary yet. You set it up together with your therapist."))


class NoSuchEntry(FivefoldError):
    """There is no such entry among one's own. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such entry. Load the page again and choose one of those shown."))


class KeyTaken(FivefoldError):
    """Another entry has come under this key already. For the device, which keeps what it holds and says so."""

    def __init__(self) -> None:
        super().__init__(_("This entry could not be kept. It is still on this page: save it once more."))


@dataclass(frozen=True)
class NewEntry:
    """An entry as a device sends it: its key, the version of the card, the day it is about, when it was made by the device's clock."""

    client_id: uuid.UUID
    card: int
    about_on: date
    made_on: date
    made_at: datetime
    answers: Mapping[str, object]
    note: str = ""
    corrects: uuid.UUID | None = None


@dataclass(frozen=True)
class Receipt:
    """What became of an entry: kept now, or known already; ``needs_help`` when help is to be shown at once."""

    client_id: uuid.UUID
    is_new: bool
    needs_help: bool


@dataclass(frozen=True)
class SeenEntry:
    """An entry that counts: its answers, about which day, made when, received when; and the marks for late and corrected."""

    client_id: uuid.UUID
    card: Card
    card_number: int
    about_on: date
    made_on: date
    made_at: datetime
    received_at: datetime
    answers: Answers
    is_corrected: bool
    author: str

    @property
    def is_late(self) -> bool:
        """Whether it was written on a later day than the one it is about."""
        return self.made_on > self.about_on

    @property
    def came_later(self) -> bool:
        """Whether it was made on one day and received on a later one."""
        return timezone.localdate(self.received_at) > self.made_on


# ---- The card ------------------------------------------------------------------------------------------------------------


def card_of(patient: Patient) -> tuple[DiaryCard, Card] | None:
    """The card that counts, with its row; None before the first."""
    row = DiaryCard.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-number").first()
    return (row, read_card(row.content)) if row is not None else None


@clinical_act(Permission.CHANGE_RECORD)
def set_card(actor: Actor, *, patient_id: uuid.UUID, items: Sequence[str], own: Sequence[tuple[str, str]], is_for_crisis: bool, version: int) -> DiaryCard:
    """Set up what the diary asks; ``version`` is the one that was shown (0 for none). Entries keep the card they were made with."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    card = checked_card(items, own, is_for_crisis=is_for_crisis)
    rows = DiaryCard.objects.filter(clinic=actor.clinic, patient=patient)
    now = rows.aggregate(last=Max("number"))["last"] or 0
    if now != version:
        newest = rows.select_related("author").get(number=now)
        theirs = "; ".join(item.words for item in read_card(newest.content).items)
        raise ChangedMeanwhile({"diary card": theirs}, now, _("the diary card"), newest.author.name)
    row = DiaryCard(clinic=actor.clinic, patient=patient, number=now + 1, author=actor.user)
    row.content = card.stored()
    row.save()
    return row


@clinical_act(Permission.CHANGE_RECORD)
def set_usual(actor: Actor, *, patient_id: uuid.UUID, item: str, level: int | None, until: date | None, reason: str, version: int | None = None) -> UsualUrge:
    """Say which level of an urge is usual for this patient, until when and why; without a level it ends now.

    While it lasts, only what goes beyond it is told; an attempt that is recorded ends it. It never touches intent or what was done.
    ``version`` is how often something had been said when it was shown (None: nothing was shown). Raises ChangedMeanwhile, NotAcceptable
    and ReasonMissing.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    diary = knowledge().diary
    known = diary.item(item)
    rule = diary.rule(known.risk) if known is not None else None
    if rule is None or not rule.may_have_usual:
        raise NotAcceptable("Urge", _("one of the urges that can have a usual level"))
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    if level is not None:
        if not 0 <= level <= diary.most_usual.value:
            raise NotAcceptable("Level", _("0 to %(most)g; the strongest is never usual") % {"most": diary.most_usual.value})
        longest = clock.today() + timedelta(days=diary.usual_for.value)
        if until is None or not clock.today() <= until <= longest:
            raise NotAcceptable("Until", _("a day from today to %(last)s, when you look at it again") % {"last": longest.isoformat()})
    said = UsualUrge.objects.filter(clinic=actor.clinic, patient=patient).order_by("recorded_at", "pk")
    if version is not None and version != said.count():
        raise _usual_meanwhile(said)
    row = UsualUrge(clinic=actor.clinic, patient=patient, item=item, level=level, until=until if level is not None else None, author=actor.user)
    row.reason = reason.strip()
    row.save()
    return row


def _usual_meanwhile(said: QuerySet[UsualUrge]) -> ChangedMeanwhile:
    newest = said.select_related("author").last()
    assert newest is not None, "what was said is never taken away"
    item = knowledge().diary.item(newest.item)
    theirs = {
        _("Urge"): item.words if item is not None else newest.item,
        _("Usual up to"): newest.level if newest.level is not None else _("nothing is usual any more"),
        _("Until"): newest.until or "",
        _("Why"): newest.reason,
    }
    return ChangedMeanwhile(theirs, said.count(), _("what is usual for this person"), newest.author.name)


def usual_of(patient: Patient, today: date) -> dict[str, Usual]:
    """What counts as usual today, by item; what has expired, or what an attempt has ended, is not among it."""
    rows = list(UsualUrge.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("recorded_at"))
    return usual_by(rows, attempts_of(patient.clinic_id, [patient.pk])[patient.pk] if rows else (), today)


def usual_by(said: Iterable[UsualUrge], attempts: Sequence[datetime], today: date) -> dict[str, Usual]:
    """What counts as usual on a day by what was said, the earliest first, and by when attempts were recorded."""
    newest = {row.item: row for row in said}
    lasts = {item: row for item, row in newest.items() if not any(at >= row.recorded_at for at in attempts)}
    return {item: Usual(row.level, row.until) for item, row in lasts.items() if row.level is not None and row.until is not None and row.until >= today}


def attempts_of(clinic_id: int, patients: Collection[uuid.UUID]) -> dict[uuid.UUID, list[datetime]]:
    """When attempts were written into some records, by whomever; what was taken back or corrected is not among them.

    When it was written down, not when it happened: what was called usual without knowing of it is to be looked at anew.
    """
    found: dict[uuid.UUID, list[datetime]] = {key: [] for key in patients}
    facts = ClinicalFact.objects.filter(clinic_id=clinic_id, patient__in=patients, kind="event", key=ENDS_USUAL, withdrawn=False, corrected_by__isnull=True)
    for key, at in facts.values_list("patient_id", "recorded_at"):
        found[key].append(at)
    return found


# ---- Entries -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.OWN_ENTRIES)
def record_entry(actor: Actor, *, patient_id: uuid.UUID, entry: NewEntry) -> Receipt:
    """Keep an entry, once however often it is sent; what it says about danger is told in the same transaction.

    Raises NotAcceptable for what cannot be kept, KeyTaken when another entry has come under its key.
    """
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    card_row = DiaryCard.objects.filter(clinic=actor.clinic, patient=patient, number=entry.card).first()
    if card_row is None:
        raise NoCard
    card = read_card(card_row.content)
    answers = checked_answers(card, entry.answers, entry.note)
    seen = risk_of(card, answers, usual_of(patient, clock.today()), clock.today())
    needs_help = any(one.shows_help for one in seen)
    known = DiaryEntry.objects.filter(clinic=actor.clinic, patient=patient, client_id=entry.client_id).first()
    if known is not None:
        if known.content != answers.stored() or known.withdrawn or known.corrects != entry.corrects:
            raise KeyTaken
        return Receipt(entry.client_id, False, needs_help)
    _check_days(entry)
    _keep(actor, patient, card_row, entry, answers)
    _tell(actor, patient, entry, seen)
    return Receipt(entry.client_id, True, needs_help)


@clinical_act(Permission.OWN_ENTRIES)
def tell_what_was_refused(actor: Actor, *, patient_id: uuid.UUID, entry: NewEntry) -> bool:
    """Keep apart what an entry says about danger though it cannot be kept itself, and tell the care team; True when help is to be shown at once.

    A slip in the day, or in one answer, makes a positive answer to another no less true. Told once for each entry, however often it is sent.
    """
    return keep_what_was_refused(patient_for(actor, patient_id, Permission.OWN_ENTRIES), entry, why="entry")


def keep_what_was_refused(patient: Patient, entry: NewEntry, *, why: str) -> bool:
    """The same for acts that have checked access already, in the caller's transaction; ``why`` is a reason of ``RefusedAnswer``."""
    cards = DiaryCard.objects.filter(clinic_id=patient.clinic_id, patient=patient)
    row = cards.filter(number=entry.card).first() or cards.order_by("-number").first()
    if row is None:
        return False
    card = read_card(row.content)
    answers = valid_answers(card, entry.answers)
    seen = risk_of(card, answers, usual_of(patient, clock.today()), clock.today())
    told = [one for one in seen if one.tells]
    if not _is_kept(patient, entry, answers):
        refused = [(answer, one.answer) for answer, one in zip(_risk_answers(told), told, strict=True)]
        keep_refused(patient, refused, source="diary", key=str(entry.client_id), why=why, on=clock.today())
    return any(one.shows_help for one in seen)


def _is_kept(patient: Patient, entry: NewEntry, answers: Answers) -> bool:
    """Whether the entry is in the diary with these answers: then it was told when it came."""
    known = DiaryEntry.objects.filter(clinic_id=patient.clinic_id, patient=patient, client_id=entry.client_id, withdrawn=False).first()
    return known is not None and read_answers(known.content).values == answers.values


def _check_days(entry: NewEntry) -> None:
    """A day that is still to come, or too long before the entry was made, is a slip; a clock that is wrong is not the patient's fault."""
    longest = timedelta(days=knowledge().diary.late_days.value)
    about_on, made_on = believed_days(entry)
    if not made_on - longest <= about_on <= made_on + timedelta(days=1):
        first = (made_on - longest).isoformat()
        raise NotAcceptable("Day", _("a day from %(first)s to %(last)s") % {"first": first, "last": made_on.isoformat()})


def believed_days(entry: NewEntry) -> tuple[date, date]:
    """The day an entry is about, and the day on which it was made: the device's own, unless its clock cannot be right.

    A clock that is ahead gives both its days: they are moved together onto ours. One that is behind says that an entry was made before the
    day it is about, which the page has from us and which has come: it was made on that day at the earliest.
    """
    today = clock.today()
    if entry.made_at > clock.now() + CLOCK_AHEAD:
        ago = entry.made_on - entry.about_on
        return (today - ago if entry.about_on > today and ago >= timedelta() else entry.about_on), today
    if entry.made_on + timedelta(days=1) < entry.about_on <= today:
        return entry.about_on, entry.about_on
    return entry.about_on, entry.made_on


def _keep(actor: Actor, patient: Patient, card: DiaryCard, entry: NewEntry, answers: Answers) -> None:
    about_on, made_on = believed_days(entry)
    row = DiaryEntry(
        clinic=actor.clinic,
        patient=patient,
        client_id=entry.client_id,
        card=card,
        about_on=about_on,
        made_on=made_on,
        made_at=entry.made_at,
        corrects=entry.corrects,
        author=actor.user,
    )
    row.content = answers.stored()
    row.save()


def _tell(actor: Actor, patient: Patient, entry: NewEntry, seen: Sequence[RiskSeen]) -> None:
    """The signal, and what happened as an event of the record. An event the record refuses takes neither the entry nor the signal with it."""
    told = [one for one in seen if one.tells]
    _signal(patient, entry, told)
    day = min(believed_days(entry)[0], clock.today())
    for one in told:
        if one.rule.event:
            try:
                with transaction.atomic():
                    add_facts(actor, patient, [NewFact("event", one.rule.event, {"kind": one.rule.event, "date": day.isoformat()}, day, source="patient")])
            except FivefoldError:
                continue


def _signal(patient: Patient, entry: NewEntry, told: Sequence[RiskSeen]) -> None:
    raise_risk_answers(patient, _risk_answers(told), on=clock.today(), mark=f"diary {entry.client_id}", origin=Origin.PATIENT)


def _risk_answers(told: Sequence[RiskSeen]) -> list[RiskAnswer]:
    return [RiskAnswer(_("Diary"), number, f"{one.rule.about} ({one.answer})") for number, one in enumerate(told, start=1)]


@clinical_act(Permission.OWN_ENTRIES)
def withdraw_entry(actor: Actor, *, patient_id: uuid.UUID, client_id: uuid.UUID, key: uuid.UUID) -> Receipt:
    """Say that an entry should not have been written; it stays in the record and counts no more. ``key`` is the new row's own."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    rows = DiaryEntry.objects.filter(clinic=actor.clinic, patient=patient)
    old = rows.filter(client_id=client_id).select_related("card").first()
    if old is None:
        raise NoSuchEntry
    if not rows.filter(client_id=key).exists():
        now = clock.now()
        row = DiaryEntry(
            clinic=actor.clinic, patient=patient, client_id=key, card=old.card, about_on=old.about_on, made_on=clock.today(), made_at=now, author=actor.user
        )
        row.corrects, row.withdrawn = client_id, True
        row.content = Answers().stored()
        row.save()
    return Receipt(key, True, False)


def entries_of(patient: Patient, since: date | None = None) -> list[SeenEntry]:
    """The entries that count, the latest first: neither corrected nor withdrawn. The newest correction of an entry takes its place."""
    found = list(DiaryEntry.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("recorded_at", "pk"))
    replaced = {row.corrects for row in found if row.corrects}
    # Read once for each card and author, not for each entry: three years of a daily diary are a thousand entries.
    cards = {row.pk: (row.number, read_card(row.content)) for row in DiaryCard.objects.filter(clinic_id=patient.clinic_id, patient=patient)}
    names = dict(User.objects.filter(pk__in={row.author_id for row in found}).values_list("pk", "name"))
    seen = []
    for row in found:
        if row.client_id in replaced or row.withdrawn or _is_older_correction(row, found):
            continue
        if since is None or row.about_on >= since:
            seen.append(_seen(row, *cards[row.card_id], names[row.author_id]))
    return sorted(seen, key=lambda one: (one.about_on, one.made_at), reverse=True)


def _is_older_correction(row: DiaryEntry, rows: Sequence[DiaryEntry]) -> bool:
    """Whether the same entry was corrected or withdrawn once more, later, by another row."""
    return row.corrects is not None and any(one.corrects == row.corrects and one.recorded_at > row.recorded_at for one in rows)


def _seen(row: DiaryEntry, number: int, card: Card, author: str) -> SeenEntry:
    return SeenEntry(
        client_id=row.client_id,
        card=card,
        card_number=number,
        about_on=row.about_on,
        made_on=row.made_on,
        made_at=row.made_at,
        received_at=row.recorded_at,
        answers=read_answers(row.content),
        is_corrected=row.corrects is not None,
        author=author,
    )


# ---- What to bring up ----------------------------------------------------------------------------------------------------


@clinical_act(Permission.OWN_ENTRIES)
def bring_up(actor: Actor, *, patient_id: uuid.UUID, words: str) -> BroughtUp:
    """Write down what one wants to speak about next time."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    if not words.strip() or len(words) > LONGEST_BROUGHT:
        raise NotAcceptable("Words", _("what you want to speak about, at most %(most)s characters") % {"most": LONGEST_BROUGHT})
    row = BroughtUp(clinic=actor.clinic, patient=patient, author=actor.user)
    row.words = words.strip()
    row.save()
    return row


def brought_up_since_last(patient: Patient) -> tuple[BroughtUp, ...]:
    """What waits for the next session: everything written since the last one that took place was signed, the earliest first."""
    held = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient, came="came").order_by("-on", "-recorded_at").first()
    rows = BroughtUp.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("recorded_at")
    return tuple(rows if held is None else rows.filter(recorded_at__gt=held.recorded_at))
