"""The words of the field as Fivefold uses them, for the page that explains them; GLOSSARY.md says the same (a test holds both together)."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Word(NamedTuple):
    """A word, what it means here, and what it is not to be confused with; empty when there is nothing."""

    name: str | Promise
    means: str | Promise
    is_not: str | Promise = ""


WORDS: tuple[Word, ...] = (
    Word(
        _("Agreement"),
        _("What patient and therapist have agreed: goals, roles, rules, crisis handling, length. The first thing G1 works on"),
        _("consent to data use; a promise not to die"),
    ),
    Word(
        _("Alternatives"),
        _("Third change stage: the person wants change and tries other ways"),
        _("alternative protocols, shown beside a plan"),
    ),
    Word(
        _("Anchor"),
        _("What a clinician's rating of 0, 1, 2, 3 or 4 means for one impairment, in things one can see or ask"),
        _("a cut-off; a diagnosis"),
    ),
    Word(
        _("Assessment"),
        _("Everything known of one person on one date; what is absent is unknown"),
        _("one questionnaire; a risk assessment"),
    ),
    Word(
        _("Band"),
        _("A named range of a scale, lower edge included unless the instrument says otherwise"),
        _("a level of the profile, to which it is mapped"),
    ),
    Word(
        _("Basis"),
        _("Where a value or claim comes from: a source with the place in it, general knowledge of the field, our own proposal, or worked out"),
        _("evidence class"),
    ),
    Word(
        _("Chain analysis"),
        _(
            "One occurrence of a behaviour taken apart link by link: what made it likelier, what set it off, thoughts, feelings and acts, what"
            " came of it, and what could be done at each link"
        ),
        _("the formulation, which is about the person; a note of a session; blame"),
    ),
    Word(
        _("Battery of measures"),
        _("What is proposed to be measured in a programme, a phase or while a module is under way, and how often; a clinician sets the schedule"),
        _("a test battery given in one sitting"),
    ),
    Word(
        _("Change stage"),
        _("Where a specific module stands: recognition, exploration, alternatives, generalisation"),
        _("a phase"),
    ),
    Word(
        _("Clinic note"),
        _("A clinic's own words beside a module, how it is done there; versions, about no patient, never part of the knowledge base"),
        _("a session note; a correction of the knowledge base"),
    ),
    Word(
        _("Contraindication, caution"),
        _("A reason not to use a module, or to use it with care, written with that module"),
        _("an override, which stands above all modules"),
    ),
    Word(
        _("Coverage"),
        _("The statement that every impairment at or above its threshold is treated now, later, or deferred with a reason"),
        _("a promise that it will improve"),
    ),
    Word(
        _("Conversation about suicide"),
        _("What was asked, found and decided about suicide, against what is usual for this person, with contact until a clinician clears it"),
        _("a score; a forecast; the safety questions, which it answers"),
    ),
    Word(
        _("Crisis"),
        _("A short loss of coping with climbing distress and erratic behaviour, not itself an illness; seldom beyond 72 hours"),
        _("an emergency, which needs another response"),
    ),
    Word(
        _("Crisis care plan"),
        _("The team's own: whom to call in which order, means, what helps and what makes it worse, and when it is looked at again; for staff alone"),
        _("the safety plan, which is the patient's"),
    ),
    Word(
        _("Criterion"),
        _('A declarative condition, answered yes, no or unknown; "DSM-5 criterion" is always written in full'),
    ),
    Word(
        _("Cut-off"),
        _(
            "A value of an instrument from which something counts as likely or indicated (compare the indicative "
            "questionnaires of modular psychotherapy: Elsaesser et al. 2022, doi 10.1136/bmjopen-2021-057672, abstract "
            "seen)"
        ),
        _("a diagnosis"),
    ),
    Word(
        _("Discordant"),
        _("Said of an impairment whose pieces of evidence lie more than one level apart"),
        _("an error of the patient"),
    ),
    Word(
        _("Document"),
        _(
            "A plan, agreement, letter, report or case pack that is made whole from the record and kept as it was made; what it"
            " discloses is told before, and a new version takes its place"
        ),
        _("the record; a file somebody uploads"),
    ),
    Word(
        _("Domain of impairment"),
        _("A group of impairments treated for its own sake: symptoms, regulation and modulation, interpersonal, self and identity"),
        _("a diagnosis"),
    ),
    Word(
        _("Dose"),
        _("Sessions, minutes and weeks a module usually takes, as a range"),
        _("a drug's dose"),
    ),
    Word(
        _("Doubt"),
        _("A sentence beside a statement of change that says what makes it less sure; none is firm, one fair, two or more tentative"),
        _("a probability"),
    ),
    Word(
        _("Emergency"),
        _("Psychosis, mania, delirium, intoxication, severe withdrawal, overdose, injury: another pathway than a crisis plan (R3, R4)"),
        _("crisis"),
    ),
    Word(
        _("Evidence class"),
        _("How strong the research behind an intervention is: from trials that compare programmes or parts of them to the experience of clinicians"),
        _("basis, which tells where a statement comes from"),
    ),
    Word(
        _("Expected course"),
        _(
            "What a measure does over sessions in people like this one, as a curve in the logarithm of the session with "
            "lines for less change than expected and not on track; silent below a stated number of cases"
        ),
        _("a forecast for this person; the plan"),
    ),
    Word(
        _("Fidelity"),
        _("How far a session was done as its stance and modules ask, told by a checklist; a departure with a reason belongs to it"),
        _("quality of a therapist; outcome; keeping to a script"),
    ),
    Word(
        _("Flip"),
        _("The smallest change of one input that changes a module's status"),
        _("a recommendation to change the input"),
    ),
    Word(
        _("Formulation"),
        _(
            "How one person's difficulties hang together: problems, causes, triggers, loops and strengths, written in versions with "
            "the patient; the record offers, nothing fills itself"
        ),
        _("a diagnosis; the impairment profile"),
    ),
    Word(
        _("Gate"),
        _("An advisory condition before a module is started; may be overruled with a recorded reason"),
        _("an override"),
    ),
    Word(
        _("Gate-exempt"),
        _("Said of safety and containment modules, which never wait for general modules"),
        _("without prerequisites: S01 is still waited for"),
    ),
    Word(
        _("General module"),
        _(
            "One of six continuous conditions of treatment, attained and lost, that gate specific modules: structure, "
            "alliance, consistency, validation, self-reflection, motivation"
        ),
        _("a phase; a lesson done once"),
    ),
    Word(
        _("Generalisation"),
        _("Fourth change stage: the new way is used in several places and kept up"),
        _("statistical generalisation"),
    ),
    Word(
        _("Goal attainment"),
        _("Goals in the patient's words scaled from -2 to +2, summed as a T score around 50"),
        _("a symptom score"),
    ),
    Word(
        _("Guided review"),
        _(
            "Seven questions about why treatment does not move, the difference the program would propose beside the signed plan, and a "
            "clinician's decision with its reason"
        ),
        _("the review day of a plan; supervision"),
    ),
    Word(
        _("Half-life"),
        _("The age at which a piece of evidence counts half; short for symptoms, a year for patterns"),
        _("a course of illness"),
    ),
    Word(
        _("Impairment"),
        _("One part of a domain, rated 0 none to 4 extreme: for instance self-harm, anger, identity"),
        _("a diagnosis; disability in law"),
    ),
    Word(
        _("Impairment profile"),
        _("All impairments of one person on one date, each with level, how sure and how old, or unknown"),
        _("a diagnosis list"),
    ),
    Word(
        _("Indication"),
        _("What makes a module worth considering for a person"),
        _("a prescription"),
    ),
    Word(
        _("Indicator"),
        _("A scale (with its points), a DSM-5 criterion or a diagnosis that speaks for an impairment"),
        _("a cause; a quality indicator of a service"),
    ),
    Word(
        _("Instrument"),
        _("A questionnaire, interview or rating with its items, scales, bands and licence"),
        _("a tool of the program"),
    ),
    Word(
        _("Integrated Modular Treatment"),
        _(
            "Livesley's trans-theoretical treatment: general modules always, specific modules by impairment, in an order of"
            " phases. It has no randomised trial as a package"
        ),
        _("a sum of branded therapies"),
    ),
    Word(
        _("Interference"),
        _("What blocks the present focus and justifies a detour with a way back"),
        _("an exclusion; a fault of the patient"),
    ),
    Word(
        _("Intervention"),
        _('What a therapist does in a module, "adapted from" a named therapy'),
        _("the therapy it is adapted from"),
    ),
    Word(
        _("Keying"),
        _(
            "What one reader of a case would demand of phase, safety rules and modules, written from the clinical text before the program was"
            " run on it; two keyings of a case are two opinions"
        ),
        _("the truth; a rule of the engine; an encryption key"),
    ),
    Word(
        _("Knowledge release"),
        _("One state of the clinical knowledge with its version; every result says from which it came"),
        _("the software's version"),
    ),
    Word(
        _("Level"),
        _("Severity of an impairment, 0 to 4, continuous; words none, mild, moderate, severe, extreme begin at half-levels"),
        _("risk; a rank among people"),
    ),
    Word(
        _("Licence class"),
        _("A, A*, B or C: whether the questions of an instrument may be shown, or only its scores entered"),
        _("permission in a given clinic, which it records itself"),
    ),
    Word(
        _("Look-back"),
        _(
            "What was agreed in a guided review: after a time, whether the measure moved by the statistics of measured change, and whether the "
            "plan was followed"
        ),
        _("a proof that the change of plan moved it"),
    ),
    Word(
        _("Match"),
        _("What the plan says of one specific module today (now, next, later, unclear, blocked, suspended, cautioned, done, not indicated) with reasons"),
        _("proof that it will help: personalising has no proof, L96, L97"),
    ),
    Word(
        _("Missing, not applicable, unknown, zero"),
        _("Four values: not answered; does not apply; nobody knows; known to be absent"),
        _("each other"),
    ),
    Word(
        _("Module instance"),
        _("A specific module under way for one patient, with its stage"),
        _("the module's definition"),
    ),
    Word(
        _("Not on track"),
        _("Progress outside the expected course, or none by a set time: a reason to review"),
        _("failure of the patient"),
    ),
    Word(
        _("Outline"),
        _("A module told session by session, as a colleague would explain it"),
        _("a script to be followed to the letter"),
    ),
    Word(
        _("Own question"),
        _(
            "A question in the patient's words, rated from 0 to 10 with both ends named; a series of which no difference is called a change, "
            "because nobody knows its error"
        ),
        _("an item of an instrument"),
    ),
    Word(
        _("Override"),
        _(
            "One of R1 to R14: redirects care before anything is matched. Hard ones cannot be overruled; advisory ones can,"
            " with a reason. Cleared only by a clinician's recorded reassessment, never by a better score"
        ),
        _("a gate; a score"),
    ),
    Word(
        _("Own goal"),
        _("A goal that a patient writes and rates from 0 to 10 by themselves, read by the team or locked; it counts in no score"),
        _("a goal with five agreed levels, which goal attainment counts"),
    ),
    Word(
        _("Own pages"),
        _(
            "What a patient sees and writes in the app by themselves, about themselves alone; opened together with the therapist, "
            "by consent, and closed by either"
        ),
        _("the shared view, which two people look at together; a channel that somebody watches"),
    ),
    Word(
        _("Patient"),
        _("The person treated; the field's word"),
        _("a user of the program, of whom there are several kinds"),
    ),
    Word(
        _("Personal baseline"),
        _(
            "What is usual for this person in urges or mood, from the entries of four weeks, with a day on which it expires; it "
            "counts only where the question about acting on it was answered with no"
        ),
        _("a norm; a reason to overlook intent, a plan or a new method"),
    ),
    Word(
        _("Personal niche"),
        _("A life that fits: work, leisure, people and a place, built rather than found"),
        _("a job placement"),
    ),
    Word(
        _("Phase"),
        _(
            "Where this person is now: P1 safety, P2 containment, P3 regulation and modulation, P4 exploration and change, "
            "P5 integration and synthesis. Going back is normal"
        ),
        _("elapsed time; a change stage; a rank"),
    ),
    Word(
        _("Phased plan"),
        _("The proposed or signed plan: now, next, later, with reasons, timeline and review"),
        _("a schedule of appointments"),
    ),
    Word(
        _("Plain name"),
        _("The patient's word for an impairment or module"),
        _("a diagnosis label"),
    ),
    Word(
        _("Prerequisite"),
        _("A module that comes before another, always or on a condition"),
        _("a gate (which concerns general modules and safety)"),
    ),
    Word(
        _("Progress"),
        _("How measures and goals have moved since the start, with the error band"),
        _("outcome of a trial"),
    ),
    Word(
        _("Proposal"),
        _("(1) as basis: a rule or number of ours, editable. (2) as plan: what the program suggests until a clinician signs"),
        _("a recommendation of IMT's author"),
    ),
    Word(
        _("Protocol"),
        _("A whole treatment programme in one format: IMT, GPM, DBT, MBT and others, for comparison"),
        _("a communication protocol; a ranking of therapies"),
    ),
    Word(
        _("Recognition, exploration"),
        _("First and second change stage: seeing the problem; understanding when, how and what for"),
        _("P4, which is also called exploration"),
    ),
    Word(
        _("Recovered, improved, unchanged, deteriorated"),
        _("The four words for a change: reliable and past the clinical cut-off, reliable, within error, reliable for the worse"),
        _("cured; remission by criteria; not known, which is none of the four"),
    ),
    Word(
        _("Release impact"),
        _("Which current plans would differ under a new knowledge release"),
        _("an automatic change of plans, which never happens"),
    ),
    Word(
        _("Reliable change"),
        _("A difference larger than measurement error explains: at least the reliable change index"),
        _("clinically significant change, which also crosses a cut-off"),
    ),
    Word(
        _("Relevance map"),
        _(
            "What a caseload needs beside what the library has: which impairments at or above the threshold have a module, which have none, and "
            "the fewest modules that answer all"
        ),
        _("a match for one person; a statement on how well something works"),
    ),
    Word(
        _("Resilience level"),
        _("Low, moderate or high: sets dose and style, never access to safety work"),
        _("strength of character; risk"),
    ),
    Word(
        _("Revision"),
        _('A proposed difference to a signed plan, with reasons, "no change" included'),
        _("a new plan from scratch"),
    ),
    Word(
        _("Rupture and repair"),
        _("Strain in the alliance, by withdrawal or confrontation, and the work of mending it"),
        _("a missed session as such"),
    ),
    Word(
        _("Safety plan"),
        _("The patient's own steps for hard hours, written together and rehearsed"),
        _("a no-suicide contract; the team's crisis care plan, L17"),
    ),
    Word(
        _("Score"),
        _("One scale's value from one set of answers, with range, missing items and band"),
        _("a diagnosis; a level of risk"),
    ),
    Word(
        _("Session"),
        _("One treatment contact: its agenda before, its record after"),
        _("a web session"),
    ),
    Word(
        _("Specific module"),
        _("A connected series of interventions aimed at an impairment, with gates, dose, four change stages and measures"),
        _("a Python module; a whole therapy"),
    ),
    Word(
        _("Stability"),
        _(
            "A draw is the plan made anew from a profile shifted within its measurement error; "
            "stability is the share of draws in which a module keeps its status"
        ),
        _("agreement between clinicians; treatment contract"),
    ),
    Word(
        _("Sudden shift"),
        _("A jump between two sessions in a row that is reliable, large for the score before, and stands out from the scores around it"),
        _("a trend; a good week"),
    ),
    Word(
        _("Supervision"),
        _("Regular talk of a therapist with somebody who has a view from outside: questions, what was agreed, and a second signature"),
        _("line management; a check on who is best; treatment of the therapist"),
    ),
    Word(
        _("Tailoring"),
        _("How a module changes with low, moderate or high resilience"),
        _("choosing the module"),
    ),
    Word(
        _("Signal"),
        _(
            "Something seen in a record that somebody should act on: what was seen, why it matters, one suggested action. One is open"
            " for each matter; it is seen, handed on, acted on, put off or closed, and each is a step that stays. One about danger is"
            " never put off, and is closed by what a clinician has recorded"
        ),
        _("an override, which changes the plan; a diagnosis; a message to the patient"),
    ),
    Word(
        _("To ask"),
        _("State of an override nobody can decide yet: the question comes first"),
        _("absent"),
    ),
    Word(
        _("Training attempt"),
        _(
            "What a learner chose for a worked case, kept for the learner alone unless they share it with a supervisor; compared with each"
            " keying and the engine, never graded"
        ),
        _("an examination; a rating of a therapist; a session"),
    ),
    Word(
        _("What if"),
        _("A plan computed with one input changed, and the difference"),
        _("a forecast of outcome"),
    ),
    Word(
        _("Withheld"),
        _("Said when no automatic plan is made (emergency, or an adaptation the program does not master); safety work is still shown"),
        _("refusal of care"),
    ),
)
