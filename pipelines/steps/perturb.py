"""Worked solutions with errors put into them, by a list of errors, while the final answer stays or changes as is asked."""

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from core.told import told
from pipelines.records import Draft, Found, Generate, Generated, Made
from pipelines.steps._make import TEXT, Maker, named, strict
from pipelines.steps._texts import plain

ERRORS = {
    "step_omission": "a step that is needed is left out",
    "wrong_rule": "a rule is used that does not hold here",
    "faulty_causality": "something is said to follow that does not",
    "overgeneralisation": "what holds in one case is said to hold in all",
    "logical_fallacy": "the argument goes in a circle or takes for granted what it shows",
}
VERSIONS = ["step_omission+wrong_rule", "overgeneralisation+logical_fallacy", "+".join(ERRORS)]


class Perturb(Maker):
    """Has a model put errors into a text; one that is unchanged, or whose answer is not as asked, is refused, and so is a made-up place."""

    name: ClassVar[str] = "perturb"
    label: ClassVar[str] = "Perturb a solution"
    makes: ClassVar[tuple[str, ...] | None] = ("text", "errors", "error_description", "erroneous_part")
    crosses: ClassVar[bool] = False
    example: ClassVar[dict[str, Any]] = {"field": "solution", "versions": ["step_omission+wrong_rule", "overgeneralisation"]}

    field: str = ""
    """The field that is changed; empty for the item's first text."""
    errors: dict[str, str] = Field(ERRORS, min_length=1)
    """Kind of error to what it means."""
    versions: list[str] = Field(VERSIONS, min_length=1)
    """For each version the errors it has, joined by +."""
    answer: str = "answer"
    """The field with the final answer."""
    keeps: Literal["answer", "no answer", "anything"] = "answer"
    """What becomes of the final answer: it still stands in the text, it does so no more, or nobody looks."""

    @model_validator(mode="after")
    def _known(self) -> "Perturb":
        if unknown := {name for version in self.versions for name in version.split("+")} - set(self.errors):
            raise ValueError(told("versions name errors that are not described: {unknown}", unknown=", ".join(sorted(unknown))))
        return self

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        field, text = named(draft, self.field)
        if not text:
            return [self.nothing(told("The item has no text to change."))]
        _, final = named(draft, self.answer) if self.answer else ("", "")
        if self.keeps != "anything" and (not final or plain(final) not in plain(text)):
            return [self.nothing(told("The final answer is not in the text, so nobody could say what became of it."))]
        found: list[Made | Found] = []
        for number, version in enumerate(self.versions, 1):
            given = await self._asked(draft, generate, text, final, version.split("+"))
            if why := self._wrong(given.content, text, final):
                found.append(self.refused(told("Version {number} {why}.", number=number, why=why)))
                continue
            said = given.content
            fields = {field: said["text"], "text": said["text"], "errors": version.split("+")}
            fields |= {name: said[name].strip() for name in ("error_description", "erroneous_part")}
            found.append(self.made(number, fields, [given], draft.source_language, errors=version.split("+")))
        return found

    async def _asked(self, draft: Draft, generate: Generate, text: str, final: str, errors: list[str]) -> Generated:
        data: dict[str, Any] = {"text": text, "answer": final, "errors": errors}
        listed = "\n".join(f"- {name}: {self.errors[name]}" for name in errors)
        rules = {
            "answer": "The final answer stays exactly as it is and stands in the text as before.",
            "no answer": "The errors lead to another final answer; the right one stands nowhere in the text any more.",
        }
        schema = strict(text=TEXT, error_description=TEXT, erroneous_part=TEXT)
        return await self.ask(draft, generate, data, schema, errors=listed, rule=rules.get(self.keeps, ""))

    def _wrong(self, said: dict[str, Any], text: str, final: str) -> str:
        if not said["text"].strip() or plain(said["text"]) == plain(text):
            return told("is the text as it was")
        part = said["erroneous_part"].strip()
        if not part or part not in said["text"]:
            return told("names as wrong what is not in it")
        if part in text:
            return told("names as wrong what was there before")
        if not said["error_description"].strip():
            return told("does not say what is wrong")
        there = plain(final) in plain(said["text"])
        if self.keeps == "answer" and not there:
            return told("lost the final answer")
        return told("still has the final answer") if self.keeps == "no answer" and there else ""
