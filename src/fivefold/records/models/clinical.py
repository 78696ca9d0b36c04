"""Clinical facts, plans, goals and drafts of one patient. Facts are added with author and time, never overwritten."""

from typing import ClassVar

from django.db import models

from fivefold.records.crypto import Ring
from fivefold.records.models.base import AppendOnly, ClinicScoped, Sealed
from fivefold.records.models.people import Patient, User

FACT_KINDS = (
    "diagnosis", "criterion", "rating", "score", "other_result", "event", "upcoming", "expected_report", "risk", "cleared",
    "overruled", "trauma_readiness", "resilience", "context", "carers", "dependants", "medication", "attendance",
    "general_module", "module", "history", "course", "preference", "treatment", "adaptation", "setting", "previous", "birth_year",
    "own_rating",
)  # fmt: skip


class ClinicalFact(AppendOnly):
    """One thing somebody knew: what it is about (``kind`` and ``key``), its value, and when it was true.

    ``value`` holds the coded part as in an assessment file; free text is sealed in ``note``. A correction is a new fact
    that names the old one in ``corrects``; ``withdrawn`` says that the old one should not have been recorded.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=20, choices=[(kind, kind.replace("_", " ")) for kind in FACT_KINDS])
    key = models.CharField(max_length=60, blank=True)
    value = models.JSONField()
    note = Sealed()
    note_sealed = models.BinaryField(default=b"")
    true_on = models.DateField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, default="clinician")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["clinic", "patient", "kind", "key", "true_on"], name="facts_of_patient"),
            # Few facts correct another. Without an index of those alone SQLite reads the whole table for each page on which they do not count.
            models.Index(fields=["corrects"], condition=models.Q(corrects__isnull=False), name="facts_that_correct"),
            # Who is late with an answer about danger is asked for by the hour, and by whoever opens the signals of the day.
            models.Index(fields=["clinic", "key", "value", "recorded_at"], condition=models.Q(kind="risk"), name="answers_about_danger"),
        ]


class PlanVersion(AppendOnly):
    """A plan as the program proposed it and as a clinician decided on it. A signed plan is replaced, never edited."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField()
    as_of = models.DateField()
    protocol = models.CharField(max_length=20, default="imt")
    phase = models.CharField(max_length=2)
    knowledge_version = models.CharField(max_length=40)
    knowledge_hash = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    proposal_sealed = models.BinaryField(default=b"")
    proposal = Sealed()
    decisions_sealed = models.BinaryField(default=b"")
    decisions = Sealed()
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    review_on = models.DateField(db_index=True)
    patient_view = models.CharField(
        max_length=20, choices=[("agrees", "agrees"), ("partly", "agrees in part"), ("disagrees", "disagrees"), ("not_asked", "not asked yet")]
    )
    patient_words = Sealed()
    patient_words_sealed = models.BinaryField(default=b"")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "patient", "number"], name="one_plan_for_each_number")]


class PlanDraft(ClinicScoped):
    """Choices on the plan builder that nobody has signed yet; one for each patient, with a version for lost-update checks.

    ``content`` is sealed: the reasons in it are free text.
    """

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="plan_draft")
    content = Sealed()
    content_sealed = models.BinaryField(default=b"")
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)


class Goal(AppendOnly):
    """A goal in the patient's words with its five levels, written before the work starts; a change is a new row."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="goals")
    words = Sealed()
    words_sealed = models.BinaryField(default=b"")
    levels = Sealed()
    levels_sealed = models.BinaryField(default=b"")
    module = models.CharField(max_length=4, blank=True)
    weight = models.PositiveSmallIntegerField(default=1)
    shared = models.BooleanField(default=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    closed = models.BooleanField(default=False)


class GoalRating(AppendOnly):
    """A level that a goal had reached on a day, as it was rated; a correction is a new row that names the old one.

    ``goal`` is the wording that was rated: its five levels say what the number means. ``withdrawn`` says that the row named
    in ``corrects`` should not have been written.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="goal_ratings")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="ratings")
    level = models.SmallIntegerField()
    on = models.DateField()
    rated_by = models.CharField(max_length=10, choices=[("together", "together"), ("patient", "the patient"), ("therapist", "the therapist")])
    note = Sealed()
    note_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(level__gte=-2, level__lte=2), name="level_of_a_goal")]


class ProcessNote(AppendOnly):
    """A psychotherapy process note: its own table, keys and permission; in no export, search, document or analysis."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = Sealed()
    text_sealed = models.BinaryField(default=b"")

    def place(self, name: str) -> str:
        return f"process {name} {self.pk} {self.patient_id}"

    def ring(self) -> Ring:
        return Ring.PROCESS_NOTES


class CaseloadRow(models.Model):
    """What the caseload shows of a patient, derived from facts and plan by the services that change them.

    A copy for speed: it can be thrown away and rebuilt at any time (``fivefold admin rebuild``).
    """

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, primary_key=True, related_name="caseload")
    clinic = models.ForeignKey("records.Clinic", on_delete=models.PROTECT, related_name="+")
    need = models.IntegerField(default=0)
    signal = models.CharField(max_length=12, default="none")
    signal_text = models.CharField(max_length=200, blank=True)
    phase = models.CharField(max_length=2, blank=True)
    running = models.JSONField(default=list)
    next_action = models.CharField(max_length=200, blank=True)
    next_page = models.CharField(max_length=20, default="assessment_safety")
    last_contact = models.DateField(null=True, blank=True)
    next_contact = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    spark = models.JSONField(default=list)
    # Impairments at or above the threshold, and how the plan answers each; None until it was worked out.
    needs = models.JSONField(null=True, default=None)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "-need"], name="caseload_by_need")]


class DoneOnce(models.Model):
    """A key a client has given to one act, with what came of it: sent twice, it is done once."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey("records.Clinic", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "user", "act", "key"], name="done_once")]
