"""The JSON Schema of the assessment file, from the types that read it and the ids that a knowledge base holds."""

from typing import Annotated

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import COURSES, Answer, ResilienceLevel
from fivefold.exchange.assessment_file import (
    SEVERITY_READER,
    AssessmentFile,
    CourseWord,
    CriteriaPart,
    NumberOrUnknown,
    RatingMapping,
    RatingPart,
    ResilienceMapping,
    ResiliencePart,
    RiskMapping,
    RiskPart,
    level_or_unknown,
)
from fivefold.knowledge.decoding import Between
from fivefold.knowledge.json_schema import Schema, SchemaWriter, describe, json_schema

IDENTIFIER = "urn:fivefold:schema:assessment"
DESCRIPTION = (
    "What is known of one person at one date. Everything but as_of and patient may be left out; what is absent is unknown, "
    "never zero and never no. The program checks more when it reads the file: dates in order, ranges of each questionnaire, contradictions."
)
CRITERION_NUMBER = Annotated[int, Between(1, 9)]


def _level(_: SchemaWriter) -> Schema:
    return {"enum": [*(level.value for level in ResilienceLevel), "unknown", None]}


def _criteria(writer: SchemaWriter) -> Schema:
    met: Schema = {**writer.write(tuple[CRITERION_NUMBER, ...]), "uniqueItems": True, "description": "The criteria that are met; the rest is unknown."}
    return {"anyOf": [met, writer.write(dict[CRITERION_NUMBER, Answer])]}


def _rating(writer: SchemaWriter) -> Schema:
    return writer.refer("Rating", lambda: writer.any_of(Annotated[NumberOrUnknown, SEVERITY_READER], RatingMapping))


def _risk(writer: SchemaWriter) -> Schema:
    return writer.refer("RiskAnswer", lambda: writer.any_of(Answer, RiskMapping))


describe(RatingPart, _rating)
describe(RiskPart, _risk)
describe(level_or_unknown, _level)
describe(ResiliencePart, lambda writer: writer.any_of(Annotated[ResilienceLevel | None, level_or_unknown], ResilienceMapping))
describe(CriteriaPart, _criteria)
describe(CourseWord, lambda _: {"enum": [*COURSES, "unknown", None]})


def assessment_schema(knowledge: KnowledgeBase) -> Schema:
    """The JSON Schema of the assessment file with the impairments, instruments and protocols of this knowledge base."""
    schema = json_schema(AssessmentFile, title="Fivefold assessment", identifier=IDENTIFIER, description=DESCRIPTION)
    properties, parts = schema["properties"], schema["$defs"]
    rating = properties["ratings"].pop("additionalProperties")
    ratings = {part.id: {"description": part.name, **rating} for part in knowledge.impairments.values()}
    properties["ratings"] |= {"properties": ratings, "additionalProperties": False}
    instruments = {"enum": list(knowledge.instruments)}
    parts["ScorePart"]["properties"]["instrument"] = instruments
    parts["ReportPart"]["properties"]["instrument"] = instruments
    parts["TreatmentPart"]["properties"]["protocol"] = {"enum": list(knowledge.protocols)}
    return schema
