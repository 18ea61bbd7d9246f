"""Targets for tuning that translate, think, answer and translate: put together from parallel texts, without a model."""

import re
from typing import ClassVar

from core.languages import language
from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import Maker

# TaCo's form (Upadhayay and Behzadan 2023).
TEMPLATE = (
    "Instruction in {source}: {source_question}\n"
    "Response in {source}: {source_answer}\n"
    "Response in {target}: {target_answer}"
)
SLOT = re.compile(r"\{(\w+)\}")


class ComposeTarget(Maker):
    """Composes a translate–think–answer–translate target from an item and its translation; the input is the translated instruction."""

    name: ClassVar[str] = "compose_target"
    label: ClassVar[str] = "Compose a target (translate, think, answer, translate)"
    makes: ClassVar[tuple[str, ...] | None] = ("input", "target")
    compares: ClassVar[bool] = True

    question: str = "instruction"
    """The field with the instruction."""
    answer: str = "response"
    """The field with the response."""
    template: list[str] = TEMPLATE.split("\n")
    """Its lines, with {source} and {target} for the languages, {source_question}, {source_answer}, {target_question} and {target_answer}."""

    @property
    def asks_models(self) -> bool:
        return False

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        values = {"source": language(draft.source_language).name, "target": language(draft.target_language).name}
        for side, content in (("source", draft.item | draft.source), ("target", draft.content or {})):
            for part, field in (("question", self.question), ("answer", self.answer)):
                value = content.get(field)
                if not isinstance(value, str) or not value.strip():
                    return [self.nothing(told("There is no {field} in {language}.", field=field, language=values[side]))]
                values[f"{side}_{part}"] = value
        lines = "\n".join(self.template)
        if unknown := set(SLOT.findall(lines)) - set(values):
            return [self.nothing(told("The template has places nobody fills: {unknown}.", unknown=", ".join(sorted(unknown))))]
        # Put in once: a text may hold any braces.
        target = SLOT.sub(lambda slot: values[slot[1]], lines)
        return [self.made(1, {"input": values["target_question"], "target": target}, [], draft.target_language)]
