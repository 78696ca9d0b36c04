"""The shipped knowledge base: complete, filled, and every number with its unit and its basis."""

import dataclasses
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest
from tests.support.readings import knowledge

from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.treatment_module import GeneralModule, SpecificModule
from fivefold.concepts.vocabulary import WORKING_STAGES, DomainId, PhaseId
from fivefold.concepts.walking import walk
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER, read_knowledge

# ---- What must be there ----------------------------------------------------------------------------------------------

OF_THE_ASSESSMENT_FORMAT = """
suicidality self_harm crisis substance_use eating depression anxiety ptsd dissociation psychotic_like sleep emotion_awareness
distress_tolerance emotion_regulation impulsivity anger attention_rumination abandonment_rejection_sensitivity submissiveness
hostility_conflict intimacy social_avoidance mentalizing identity maladaptive_schemas shame_self_criticism emptiness agency
constricted_life_role alliance_problem motivation_low no_agreement family_burden medication_problem
"""
PROGRAMMES = "imt gpm dbt mbt tfp sft stepps cbtpd cat ddp mit scm moba bpdcompass"


def test_base_is_read_without_a_problem() -> None:
    base, problems = read_knowledge(KNOWLEDGE_FOLDER)

    assert [str(problem) for problem in problems] == []
    assert base is not None


def test_base_holds_all_of_the_treatment() -> None:
    base = knowledge()

    assert list(base.domains) == list(DomainId)
    assert list(base.phases) == list(PhaseId)
    assert list(base.general_modules) == [f"G{number}" for number in range(1, 7)]
    assert list(base.modules) == [f"S{number:02}" for number in range(1, 36)]
    assert len(base.impairments) >= 34 and set(OF_THE_ASSESSMENT_FORMAT.split()) <= set(base.impairments)
    assert len(base.instruments) >= 45
    assert len(base.protocols) >= 14 and set(PROGRAMMES.split()) <= set(base.protocols)
    assert {rule.code for rule in base.overrides} == {f"R{number}" for number in range(1, 15)}


def test_every_phase_and_every_domain_has_modules() -> None:
    base = knowledge()

    assert {module.phase for module in base.modules.values()} == set(PhaseId)
    assert {module.domain for module in base.modules.values()} == set(DomainId)
    assert {base.domain_of[name] for name in base.impairments} == set(DomainId)


def test_modules_of_safety_and_containment_never_wait_for_general_modules() -> None:
    early = [module for module in knowledge().modules.values() if module.phase in (PhaseId.P1, PhaseId.P2)]

    assert early and all(module.gate_exempt for module in early)
    assert {gate.phase for gate in knowledge().gates.gates} == {PhaseId.P3, PhaseId.P4, PhaseId.P5}


def test_nothing_says_it_is_reviewed_before_anybody_has_reviewed_it() -> None:
    base = knowledge()
    everything = [*base.modules.values(), *base.general_modules.values(), *base.instruments.values(), *base.protocols.values()]

    assert {thing.status for thing in everything} == {"draft"}


# ---- Every number with unit and basis ----------------------------------------------------------------------------------

# Numbers that name or count things and say nothing clinical, and the keys of instruments, which two people check as a whole.
NAMING = {
    "KnowledgeRelease": {"files"},
    "ImpairmentDomain": {"order"},
    "OverrideRule": {"order"},
    "GeneralModule": {"version"},
    "SpecificModule": {"version"},
    "Protocol": {"version"},
    "CriterionMet": {"number"},
    "Instrument": {"version", "recode"},
    "Items": {"count", "minimum", "maximum", "item_maximum", "item_options"},
    "Scale": {"items", "reversed", "weights"},
}
# Where a number stands without a unit of its own, this is its unit.
UNIT_BY_PLACE = {
    "ScoreIs": "unit of the scale",
    "ItemIs": "answer",
    "RiskItem": "answer",
    "Cutoff": "unit of the scale",
    "Norm": "unit of the scale",
    "Band": "unit of the scale; severity level 0-4",
    "Missing": "items",
    "Reliability": "coefficient 0-1",
    "EventWithin": "days; times",
    "NoEventFor": "days",
    "UpcomingWithin": "days",
    "CriterionIndicator": "level 0-4",
    "DiagnosisIndicator": "level 0-4",
    "Impairment": "level 0-4",
    "ResilienceComponent": "points 0-2",
    "ResilienceBand": "points 0-10",
}
# Where the basis stands beside a whole list of numbers, and not beside each.
BASIS_AROUND = {"Band", "Impairment"}


def holds_number(value: Any) -> bool:
    if isinstance(value, bool | Enum) or value is None:
        return False
    if isinstance(value, tuple):
        return any(map(holds_number, value))
    if isinstance(value, dict):
        return any(map(holds_number, [*value, *value.values()]))
    return isinstance(value, int | float)


def numbers() -> Iterator[tuple[str, Any, str]]:
    """Every number of the base that means something: path, the value it stands in, and the field."""
    for path, part in walk(knowledge()):
        if dataclasses.is_dataclass(part):
            for field in dataclasses.fields(part):
                if field.name not in NAMING.get(type(part).__name__, set()) and holds_number(getattr(part, field.name)):
                    yield path, part, field.name


def test_every_number_has_a_unit() -> None:
    bare = [f"{path}.{field}" for path, part, field in numbers() if type(part).__name__ not in UNIT_BY_PLACE and not getattr(part, "unit", "")]

    assert bare == []


def test_every_number_has_a_basis() -> None:
    bare = [
        f"{path}.{field}"
        for path, part, field in numbers()
        if type(part).__name__ not in BASIS_AROUND
        and not isinstance(getattr(part, "basis", None), Basis)
        # One event ever is a yes or no, not a number.
        and not (type(part).__name__ == "EventWithin" and part.days is None and part.times == 1)
    ]

    assert bare == []


def test_bands_and_anchors_have_the_basis_of_their_list() -> None:
    base = knowledge()

    assert [scale.id for instrument in base.instruments.values() for scale in instrument.scales if scale.bands and scale.bands_basis is None] == []
    assert [part.id for part in base.impairments.values() if not isinstance(part.anchors_basis, Basis)] == []


def test_every_source_that_is_named_is_known_and_says_how_much_of_it_was_seen() -> None:
    base = knowledge()
    named = {part.source for _, part in walk(base) if isinstance(part, Basis) and part.kind is BasisKind.SOURCE}

    assert named <= set(base.sources)
    assert all(source.citation and source.seen for source in base.sources.values())


# ---- Every module in full ------------------------------------------------------------------------------------------------

NONE_IS_AN_ANSWER = {"prerequisites", "also_helps", "start_conditions", "treats"}
SPECIFIC = sorted(knowledge().modules)
GENERAL = sorted(knowledge().general_modules)


def empty_fields(module: SpecificModule | GeneralModule) -> list[str]:
    return [field.name for field in dataclasses.fields(module) if field.name not in NONE_IS_AN_ANSWER and getattr(module, field.name) in ((), "", None)]


@pytest.mark.parametrize("module_id", SPECIFIC)
def test_specific_module_is_complete(module_id: str) -> None:
    module = knowledge().modules[module_id]

    assert empty_fields(module) == []
    assert module.treats
    assert len(module.interventions) >= 3 and all(one.do and one.stages and one.adapted_from for one in module.interventions)
    assert len(module.stance) >= 3 and len(module.homework_ideas) >= 3 and len(module.pitfalls) >= 2 and len(module.goals) >= 2
    assert module.evidence and module.measures and module.exit.criteria
    assert len(module.short_name) <= 34 and all(len(one.name) <= 40 for one in module.interventions)


@pytest.mark.parametrize("module_id", SPECIFIC)
def test_specific_module_goes_through_four_stages_with_signs(module_id: str) -> None:
    module = knowledge().modules[module_id]

    for _, stage in module.change_stages.each():
        assert stage.patient_state and stage.therapist_work and stage.signs_of_completion
    assert {step.stage for step in module.outline} == set(WORKING_STAGES)


@pytest.mark.parametrize("module_id", [*SPECIFIC, *GENERAL])
def test_module_shows_a_conversation(module_id: str) -> None:
    base = knowledge()
    dialogue = (base.modules.get(module_id) or base.general_modules[module_id]).dialogue

    assert 8 <= len(dialogue.turns) <= 14
    speakers = {turn.who for turn in dialogue.turns}
    assert "patient" in speakers and speakers & {"therapist", "nurse"}
    assert dialogue.setting and dialogue.shows


@pytest.mark.parametrize("module_id", GENERAL)
def test_general_module_is_complete(module_id: str) -> None:
    module = knowledge().general_modules[module_id]

    # The treatment agreement belongs to the module of structure and contract alone.
    assert [field for field in empty_fields(module) if field != "agreement"] == []
    assert bool(module.agreement) is (module_id == "G1")
    assert len(module.repair_steps) >= 3 and len(module.failures) >= 3 and len(module.red_flags) >= 3
    assert module.session_check.endswith("?")


@pytest.mark.parametrize("module_id", SPECIFIC)
def test_patient_wording_of_a_specific_module_says_why_what_and_how_long(module_id: str) -> None:
    words = knowledge().modules[module_id].patient

    assert words.name and words.why and words.what_we_do and words.how_long
    assert len(words.name) <= 30


# ---- Instruments ----------------------------------------------------------------------------------------------------------


def test_items_are_shipped_only_where_the_licence_lets_them() -> None:
    shipped = {name: part.licence.letter for name, part in knowledge().instruments.items() if part.items is not None and part.items.texts}

    assert shipped and all(letter.items_may_ship for letter in shipped.values())


def test_every_key_names_both_of_its_readings() -> None:
    keyed = [part for part in knowledge().instruments.values() if part.can_score_items]

    assert len(keyed) >= 30
    assert [part.id for part in keyed if not part.checked.first or not part.checked.second] == []


def test_every_scale_of_an_instrument_says_which_way_it_points_and_how_far_it_goes() -> None:
    for instrument in knowledge().instruments.values():
        assert instrument.scales, instrument.id
        assert len({scale.id for scale in instrument.scales}) == len(instrument.scales), instrument.id
