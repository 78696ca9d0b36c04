"""The words of the assessment pages: answers, kinds, sections."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fivefold.concepts import vocabulary
from fivefold.concepts.scores import NOT_SEEN

Choices = tuple[tuple[str, str | Promise], ...]

YES_NO: Choices = (("yes", _("yes")), ("no", _("no")), ("unknown", _("not known")))
LEVELS: Choices = (("0", _("none")), ("1", _("mild")), ("2", _("moderate")), ("3", _("severe")), ("4", _("extreme")), ("unknown", _("not known")))
# Of a danger.
DANGER_LEVELS: Choices = (("0", _(NOT_SEEN)), *LEVELS[1:])
EVENTS: Choices = tuple((kind, _(vocabulary.EVENT_WORDS[kind])) for kind in vocabulary.EVENT_KINDS)
UPCOMING: Choices = tuple((kind, _(vocabulary.EVENT_WORDS[kind])) for kind in vocabulary.UPCOMING_KINDS)
DIAGNOSES: Choices = tuple((code, _(name)) for code, name in vocabulary.DIAGNOSES.items())
STATUSES: Choices = (("current", _("current")), ("suspected", _("suspected")), ("past", _("past")), ("ruled_out", _("ruled out")))
SOURCES: Choices = (
    ("clinician", _("own assessment")),
    ("interview", _("structured interview")),
    ("letter", _("letter or file")),
    ("patient", _("patient's account")),
)
SETTINGS: Choices = (
    ("outpatient", _("outpatient")), ("emergency", _("emergency service")), ("ward", _("ward")), ("day_hospital", _("day hospital")),
    ("residential", _("residential")), ("care_home", _("care home")), ("forensic", _("forensic")), ("online", _("online")),
)  # fmt: skip
MEDICATION: Choices = (
    ("ssri", _("SSRI")), ("snri", _("SNRI")), ("tricyclic", _("tricyclic")), ("antidepressant", _("other antidepressant")),
    ("mood_stabiliser", _("mood stabiliser")), ("antipsychotic", _("antipsychotic")), ("benzodiazepine", _("benzodiazepine")), ("z_drug", _("Z-drug")),
    ("stimulant", _("stimulant")), ("opioid", _("opioid")), ("other", _("other")),
)  # fmt: skip
NO_DRUG: Choices = (("none", _("takes no psychotropic drug")),)
OUTCOMES: Choices = (("improved", _("improved")), ("unchanged", _("unchanged")), ("deteriorated", _("worse")), ("unknown", _("not known")))
COURSES: Choices = (
    ("improved", _("improved")), ("unchanged", _("unchanged")), ("deteriorated", _("worse")), ("fluctuating", _("up and down")), ("unknown", _("not known")),
)  # fmt: skip
GENERAL: Choices = (
    ("not_started", _("not started")), ("started", _("started")), ("provisional", _("holds for now")), ("attained", _("holds")),
    ("red", _("strained or lost")), ("unknown", _("not known")),
)  # fmt: skip
RESILIENCE: Choices = (("low", _("low")), ("moderate", _("moderate")), ("high", _("high")), ("unknown", _("not known")))
FORMATS: Choices = (
    ("individual", _("individual")), ("group", _("group")), ("telephone", _("telephone")), ("video", _("video")), ("family", _("family")),
    ("online", _("online")),
)  # fmt: skip
ADAPTATIONS: Choices = (
    ("under_18", _("under 18")), ("pregnancy", _("pregnancy")), ("postpartum", _("after birth")), ("intellectual_disability", _("intellectual disability")),
    ("language_barrier", _("language barrier")), ("custodial", _("in custody")), ("court_ordered", _("ordered by a court")),
    ("borderline_intellectual_functioning", _("borderline intellectual functioning")), ("older_adult", _("older adult")),
    ("capacity_concern", _("capacity in doubt")), ("sensory_or_motor", _("sensory or motor need")),
)  # fmt: skip
KINDS = {
    "diagnosis": _("Diagnosis"), "criterion": _("DSM-5 criterion"), "rating": _("Rating"), "score": _("Score"), "other_result": _("Other result"),
    "event": _("Event"), "upcoming": _("Coming"), "expected_report": _("Expected report"), "risk": _("Safety question"),
    "cleared": _("Reassessment"), "overruled": _("Overruled"), "trauma_readiness": _("Readiness for trauma work"), "resilience": _("Resilience"),
    "context": _("Frame and daily life"), "carers": _("Carers"), "dependants": _("Dependants"), "medication": _("Medication"),
    "attendance": _("Attendance"), "general_module": _("General module"), "module": _("Module"), "history": _("Earlier treatment"), "course": _("Course"),
    "preference": _("Preference"), "treatment": _("Treatment frame"), "adaptation": _("Adaptation"), "setting": _("Setting"), "previous": _("Earlier phase"),
    "birth_year": _("Year of birth"), "own_rating": _("Own question"),
}  # fmt: skip
RESILIENCE_WORDS = {
    "low": _("Slow to recover, little support; much at once is too much."),
    "moderate": _("In between."),
    "high": _("Recovers quickly, has people and a role."),
}


def choices_but_unknown(choices: Choices) -> Choices:
    """Answers without "not known", for where leaving it open says the same."""
    return tuple(choice for choice in choices if choice[0] != "unknown")
