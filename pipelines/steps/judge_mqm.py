"""A model's list of errors in a translation, each at its place, weighed as in GEMBA-MQM."""

from typing import Any, ClassVar

from core.told import told
from pipelines.records import Draft, Found, Generate, texts
from pipelines.steps._judge import Judge, Verdict, strict
from pipelines.steps._texts import short

WEIGHTS = {"critical": 25, "major": 5, "minor": 1}
COUNTED, WORST = 5, 25
CATEGORIES = (
    "accuracy/addition", "accuracy/mistranslation", "accuracy/omission", "accuracy/untranslated",
    "fluency/encoding", "fluency/grammar", "fluency/inconsistency", "fluency/punctuation", "fluency/register", "fluency/spelling",
    "style", "terminology", "non-translation", "other",
)  # fmt: skip
ERROR = strict(
    where={"type": "string", "enum": ["source", "translation"]},
    span={"type": "string"},
    category={"type": "string", "enum": list(CATEGORIES)},
    severity={"type": "string", "enum": list(WEIGHTS)},
)
SCHEMA = strict(errors={"type": "array", "items": ERROR})


class JudgeMqm(Judge):
    """Has a judge mark error spans with category and severity; the value is minus their weight, 0 at best and -25 at worst.

    Weights and rules are those of GEMBA-MQM (Kocmi and Federmann 2023): critical 25, major 5, minor 1, the five gravest
    errors, 25 in all at most, and what is no translation is critical.
    """

    name: ClassVar[str] = "judge_mqm"
    label: ClassVar[str] = "Judge: error spans (MQM)"

    async def judge(self, draft: Draft, generate: Generate) -> list[Found]:
        answer = await generate(self.request(draft, {"source": draft.source, "translation": draft.content}, SCHEMA))
        errors = [_graded(one) for one in answer.content["errors"]]
        there = [one for one in errors if _stands(one, draft)]
        verdicts: dict[str, Verdict] = {"critical": "fail", "major": "warn"}
        gravest = min((list(WEIGHTS).index(one["severity"]) for one in there), default=2)
        detail = "; ".join(f"{one['severity']} {one['category']}: “{short(one['span'])}”" for one in there)
        found = [self.said(verdicts.get(list(WEIGHTS)[gravest], "score"), answer, detail, score(there))]
        if made_up := [one for one in errors if one not in there]:
            spans = ", ".join(f"“{short(one['span'])}”" for one in made_up)
            said = told("The judge marked what stands in neither text, which was not counted: {spans}.", spans=spans)
            found.append(self.said("abstain", answer, said, len(made_up), what="_spans"))
        return found


def score(errors: list[dict[str, Any]]) -> float:
    """Minus the weight of the five gravest errors, never under -25."""
    weights = sorted((WEIGHTS[one["severity"]] for one in errors), reverse=True)
    return -float(min(sum(weights[:COUNTED]), WORST))


def _graded(error: dict[str, Any]) -> dict[str, Any]:
    return error | {"severity": "critical"} if error["category"] == "non-translation" else error


def _stands(error: dict[str, Any], draft: Draft) -> bool:
    """Whether the marked words stand in the text they are said to stand in, letter by letter."""
    where = draft.source if error["where"] == "source" else draft.content or {}
    return bool(error["span"].strip()) and any(error["span"] in text for text in texts(where))
