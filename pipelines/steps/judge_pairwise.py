"""A model's choice between the draft and the dataset's own translation of the same source, asked in both orders."""

from typing import ClassVar

from core.told import told
from pipelines.records import Draft, Found, Generate
from pipelines.steps._judge import Judge, strict

SCHEMA = strict(better={"type": "string", "enum": ["A", "B", "same"]})
WON = {"A": 1.0, "same": 0.5, "B": 0.0}


class JudgePairwise(Judge):
    """Has a judge choose between the draft and the dataset's present translation of the same source, if it has another.

    The value is 1 where the draft is better, 0 where the other is (a doubt), 0.5 where neither. A judge that takes back its
    choice when the order changes has none: it abstains, and the share of those is its flip rate.
    """

    name: ClassVar[str] = "judge_pairwise"
    label: ClassVar[str] = "Judge: this or the one before"

    async def judge(self, draft: Draft, generate: Generate) -> list[Found]:
        mine, other = draft.content or {}, draft.memory
        if other is None or other == mine:
            return []
        first = await generate(self.request(draft, {"source": draft.source, "A": mine, "B": other}, SCHEMA))
        second = await generate(self.request(draft, {"source": draft.source, "A": other, "B": mine}, SCHEMA))
        forth, back = WON[first.content["better"]], 1 - WON[second.content["better"]]
        if forth != back:
            return [self.said("abstain", first, told("The judge chose otherwise when the two changed places."))]
        detail = told("The judge finds this text and the present one equally good.")
        if forth != 0.5:
            better, worse = told("The judge prefers this text to the present one."), told("The judge prefers the present text to this one.")
            detail = better if forth else worse
        return [self.said("warn" if forth == 0 else "score", first, detail, forth)]
