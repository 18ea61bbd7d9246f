"""A campaign as it is written down: what its YAML may say, with the defaults of a plain post-edit where every text is verified."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from annotation.pay import Pay
from annotation.rules import QualificationRule, QualityRule
from core.errors import Invalid
from core.told import listed, told
from core.wrong import reason

Spec = str | dict[str, Any]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Share = Annotated[float, Field(ge=0, le=1)]
# Below this nobody could say how much the checks and the crowd let through.
LEAST_VERIFIED = 0.05


class Part(BaseModel):
    """A part of a plan: a key it does not know is refused by name."""

    model_config = ConfigDict(extra="forbid")


class FindingRule(Part):
    """A unit whose present text has a finding of this check with one of the verdicts, or a value below a bound.

    ``lowest: 0.2`` is the lowest fifth of the values of that check in the unit's language, of the texts that are present.
    """

    check: str = ""
    verdict: list[Literal["ok", "warn", "fail", "abstain", "score"]] = []
    below: float | None = None
    lowest: Annotated[float, Field(gt=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "FindingRule":
        if (bool(self.verdict) + (self.below is not None) + (self.lowest is not None)) != 1:
            raise ValueError(told("say one of verdict, below and lowest"))
        if not self.check and not self.verdict:
            raise ValueError(told("below and lowest need the check whose value they bound"))
        return self


class After(Part):
    """Units that an earlier campaign of the dataset has finished with, by how it ended: the chain's link.

    Units are let in as they become ready. Items without a text of their own wait for the texts they point at instead:
    until each of these has one of the rule's statuses.
    """

    campaign: Slug
    outcome: list[Literal["agreed", "disputed", "done", "rejected"]] = ["done"]


class Chosen(Part):
    """What a selection of the dataset kept, all of it or one bucket or split: its items, and the texts that these point at."""

    name: Slug
    bucket: str = ""
    split: str = ""


class Admission(Part):
    """Which units get a task: by status, kind, the machines' route, findings, a selection, an earlier campaign; of these a seeded share.

    A unit is in when it fits any of the ``findings``, and everything else.
    """

    status: list[Literal["new", "drafted", "verified", "rejected", "composed"]] = ["drafted"]
    kinds: list[str] = []
    route: Literal["", "pass", "people"] = ""
    findings: list[FindingRule] = []
    selection: Chosen | None = None
    after: After | None = None
    share: float = Field(1.0, gt=0, le=1)
    seed: int = 1


class Audience(Part):
    """Who is asked: members of a role, and with ``others`` nobody who has written or judged the unit in another campaign.

    Of a record that points at texts, such as a pair at its sentences, nobody who has written or judged one of these.
    """

    role: Literal["annotator", "expert"] = "annotator"
    others: bool = False


class Bound(Part):
    """A number below or above a bound, which itself is outside."""

    below: float | None = None
    above: float | None = None


Wanted = str | int | list[str | int] | Bound


class Condition(Part):
    """What the answers say, field by field of the payload: in any of them, in all, or in the one that the consensus chose.

    ``any: {quality: wrong}`` holds when somebody answered so; several fields in one rule must hold in the same answer.
    """

    any: dict[str, Wanted] = {}
    all: dict[str, Wanted] = {}
    consensus: dict[str, Wanted] = {}
    either: list["Condition"] = []
    """Holds when one of these does."""


class Effect(Part):
    """What comes of the answers when the condition holds; an effect without one always does.

    ``adopt`` makes the chosen text the unit's, ``verify`` besides that says it is verified; ``redo`` asks again, in another
    campaign when ``to`` names one, and after ``cap`` rounds an expert decides; ``reject`` ends the unit; ``label`` keeps the
    consensus as a label and leaves the unit as it is.
    """

    when: Condition | None = None
    do: Literal["adopt", "verify", "redo", "reject", "label"]
    to: Slug | None = None
    reason: str = ""
    cap: int = Field(3, ge=1, le=20)


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError(told("is empty"))
    return text


Said = Annotated[str, Field(max_length=10_000), AfterValidator(_said)]


class Example(Part):
    """A worked example: a text of the source, its draft if there is one, the right answer, and why it is right.

    Draft and answer are in ``language``, a tag of the dataset; without one the example is for people of every language.
    """

    source: Said
    draft: Said | None = None
    answer: Said
    why: Said
    language: str | None = None


Examples = Annotated[list[Example], Field(max_length=100)]


class Plan(Part):
    """A campaign as it is written in YAML."""

    slug: Slug
    name: str = Field(min_length=1, max_length=120)
    guideline: str = ""
    examples: Examples = []
    task_type: Spec = "post_edit"
    verify_type: Spec = "verify"
    adjudicate_type: Spec = "adjudicate"
    aggregator: Spec | None = None
    """Without one the task type's own."""
    languages: list[str] = []
    admission: Admission = Admission()
    audience: Audience = Audience()
    overlap: int = Field(1, ge=1, le=50)
    max_overlap: int = Field(0, ge=0, le=50)
    gold_rate: float = Field(0, ge=0, le=0.5)
    qualification: QualificationRule | None = None
    quality_rule: QualityRule | None = None
    credit: Pay | None = None
    batch_size: int = Field(0, ge=0, le=1000)
    batch_days: int = Field(7, ge=1, le=365)
    order: Literal["oldest", "priority", "uncertainty", "similar"] = "oldest"
    verification: Literal["all", "disputed", "share", "none"] = "all"
    verification_share: float = Field(LEAST_VERIFIED, ge=0, le=1)
    effects: list[Effect] = []
    max_rounds: int = Field(3, ge=1, le=20)
    lease_minutes: int = Field(30, ge=1, le=24 * 60)

    @model_validator(mode="after")
    def _consistent(self) -> "Plan":
        if self.max_overlap and self.max_overlap < self.overlap:
            raise ValueError(told("max_overlap is less than overlap: leave it out for a fixed number of answers"))
        if self.verification in ("disputed", "share") and self.verification_share < LEAST_VERIFIED:
            raise ValueError(told(
                "verification_share is at least {least}: without a random share nobody knows what was missed",
                least=LEAST_VERIFIED,
            ))
        if self.effects and any(one.when is None for one in self.effects[:-1]):
            raise ValueError(told("an effect without a condition comes last: what stands behind it would never happen"))
        return self


def checked(plan: dict[str, Any]) -> Plan:
    """The plan with its defaults; raises `Invalid` with the path of each key that is wrong."""
    try:
        return Plan.model_validate(plan)
    except ValidationError as error:
        raise _invalid("campaign", error) from error


def checked_examples(examples: Any) -> list[Example]:
    """Worked examples as a plan has them; raises `Invalid` with the path of each part that is wrong, such as examples.0.why."""
    try:
        return TypeAdapter(Examples).validate_python(examples)
    except ValidationError as error:
        raise _invalid("examples", error, "examples") from error


def _invalid(what: str, error: ValidationError, *at: str) -> Invalid:
    errors = {".".join(map(str, (*at, *one["loc"]))) or what: _reason(one) for one in error.errors()}
    problems = listed(errors, of=": ")
    if at:
        return Invalid(told("The {what} are not valid: {problems}.", what=what, problems=problems), errors)
    return Invalid(told("The {what} is not valid: {problems}.", what=what, problems=problems), errors)


def _reason(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        if len(error["loc"]) > 1:
            return told("there is no such key")
        return told("there is no such key, only {known}", known=", ".join(Plan.model_fields))
    return reason(error)
