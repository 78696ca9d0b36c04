"""The first steps of each role: what there is, in the order in which somebody new needs it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fivefold.services.access import Actor


@dataclass(frozen=True)
class Step:
    """One thing to know, with the page on which it is done, or none."""

    title: str | Promise
    text: str | Promise
    route: str = ""

    @property
    def url(self) -> str:
        return reverse(self.route) if self.route else ""


STEPS: dict[str, tuple[Step, ...]] = {
    "therapist": (
        Step(_("Caseload."), _("One line for each of your patients, sorted by need. Each ends with the one thing to do next."), "caseload"),
        Step(
            _("A new patient."),
            _("A name or initials are enough. The safety questions come first, then what you already know; nothing is asked twice."),
            "patient_new",
        ),
        Step(
            _("Map."),
            _("Five phases as a path, with the work of now marked. Look at it together: the shared view speaks the patient's words."),
        ),
        Step(
            _("Plan."),
            _("Fivefold proposes what comes now, next and later, each with its reasons. You change it, with a reason. It is a plan when you have signed it."),
        ),
        Step(_("Training."), _("Practise on invented people before you meet real ones like them. It is for you alone, and nothing is graded."), "training"),
        Step(_("Supervision."), _("Bring a question, see what was agreed about your patients, and look at how sessions were done."), "supervision"),
        Step(
            _("Documents."),
            _("Plans, letters and reports are made from the record and say first what they disclose. What goes outside leaves when you have signed it."),
        ),
        Step(_("Not known."), _("What nobody has asked is shown as not known, never as absent. Every score can be wrong: you decide.")),
    ),
    "supervisor": (
        Step(_("Caseload."), _("The patients you supervise, sorted by need, with the names of those who treat them."), "caseload"),
        Step(_("Supervision."), _("What to talk about with each colleague, their questions, minutes, and notes that wait for your signature."), "supervision"),
        Step(_("Record."), _("You read map, assessment, profile, plan and goals of these patients, and change nothing.")),
        Step(_("Somebody is missing?"), _("Ask your clinic lead to add you to the care team; the patient then appears on your caseload.")),
        Step(
            _("In an emergency."),
            _("You can open another record of the clinic for a few hours, with a reason. The care team sees your name and the reason."),
            "break_glass",
        ),
    ),
    "lead": (
        Step(_("People."), _("Invite colleagues with a link that works once, and see how large each caseload is and what waits."), "clinic"),
        Step(_("Caseload."), _("All patients of the clinic, sorted by need. On the page Team of a patient you say who can open the record."), "caseload"),
        Step(
            _("Instruments."), _("Record the licences your clinic has, so that therapists can enter single answers and not scores alone."), "clinic_instruments"
        ),
        Step(_("Knowledge."), _("See what a new release of the clinical knowledge would change in current plans before you switch to it."), "clinic_knowledge"),
        Step(_("In danger."), _("Choose the place whose emergency numbers patients see, and add the numbers of your own clinic."), "clinic_contacts"),
        Step(_("Settings."), _("Whom people can reach at night and at weekends: it stands in every safety plan and on its printed card."), "clinic_settings"),
    ),
    "administrator": (
        Step(_("People."), _("Invite colleagues with a link that works once, change roles, and end a membership when somebody leaves."), "clinic"),
        Step(_("Lost password or second factor."), _("Choose Change beside the name, and give the new link to the person by a safe way.")),
        Step(_("Settings."), _("Name and time zone of the clinic, and whom people can reach in a crisis."), "clinic_settings"),
        Step(_("Records."), _("You see no patient's record. Who does is decided by roles and by the clinic lead.")),
    ),
    "auditor": (
        Step(_("Audit trail."), _("Every look at a record and every change of one: who, when, what. Patients appear by their ids alone."), "audit"),
        Step(_("Narrow it down"), _("by act, person, patient or day.")),
        Step(_("Check the chain."), _("It says whether an entry was changed, removed or put in another order, and which.")),
        Step(_("Take it as a file"), _("with its signed end, to keep outside the clinic's reach.")),
    ),
}


def steps_of(actor: Actor) -> tuple[Step, ...]:
    """The first steps of somebody's role."""
    return STEPS.get(actor.role, ())
