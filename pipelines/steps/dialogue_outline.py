"""Outlines of a dialogue from its acts and slots: what is to be said in each turn, and never how."""

import re
from typing import Any, ClassVar, Literal

from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, Generate, Generated, Made
from pipelines.steps._make import TEXT, Maker, strict

Policy = Literal["keep", "translate", "localise"]
ACTS = {
    "INFORM": "Say that {slot} is {value}.",
    "REQUEST": "Ask for {slot}.",
    "CONFIRM": "Ask whether it is right that {slot} is {value}.",
    "OFFER": "Offer {value} as {slot}.",
    "SELECT": "Choose {value} as {slot}.",
    "INFORM_INTENT": "Say that you want to do this: {value}.",
    "OFFER_INTENT": "Offer to do this: {value}.",
    "INFORM_COUNT": "Say how many were found: {value}.",
    "NOTIFY_SUCCESS": "Say that it has been done.",
    "NOTIFY_FAILURE": "Say that it could not be done.",
    "AFFIRM": "Say yes.",
    "NEGATE": "Say no.",
    "AFFIRM_INTENT": "Agree to what was offered to be done.",
    "NEGATE_INTENT": "Decline what was offered to be done.",
    "REQUEST_ALTS": "Ask for something else.",
    "REQ_MORE": "Ask whether there is anything else.",
    "THANK_YOU": "Say thank you.",
    "GOODBYE": "Say goodbye.",
}
SLOT = re.compile(r"\{(slot|value)\}")


class DialogueOutline(Maker):
    """Writes an outline, a line an act, by templates for act and slot; values are kept, translated or localised by their slot."""

    name: ClassVar[str] = "dialogue_outline"
    label: ClassVar[str] = "Outline a dialogue"
    makes: ClassVar[tuple[str, ...] | None] = ("outline", "acts")
    example: ClassVar[dict[str, Any]] = {"values": {"city": "localise", "food": "translate"}}

    field: str = "acts"
    """A table field with a row for each act: speaker, act, slot, value; the last two may be empty."""
    templates: dict[str, str] = {}
    """Act, or act and slot as INFORM.city, to its line with {slot} and {value}; they go before those for all slots, which are in English."""
    values: dict[str, Policy] = {}
    """Slot to what becomes of its values: keep, translate or localise; kept where nothing is said."""
    names: dict[str, str] = Field({}, description="Slot to how it is called in a line; by its own name where nothing is said.")

    @property
    def asks_models(self) -> bool:
        return any(policy != "keep" for policy in self.values.values())

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        rows = draft.item.get(self.field)
        if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 4 for row in rows) or not rows:
            return [self.nothing(told("The item has no table {field!r} of speaker, act, slot and value.", field=self.field))]
        if unknown := sorted({row[1] for row in rows} - self._known(rows)):
            return [self.nothing(told("There is no template for {unknown}.", unknown=", ".join(unknown)))]
        wanted = [row for row in rows if row[3] and self.values.get(row[2], "keep") != "keep"]
        values: dict[str, str] = {}
        answers: list[Generated] = []
        if wanted:
            # Each value once, so that the same name stays the same throughout the dialogue.
            keys = list(dict.fromkeys(f"{row[2]}={row[3]}" for row in wanted))
            answers = [await self._rendered(draft, generate, keys)]
            values = answers[0].content["values"]
            if empty := [key for key in keys if not values.get(key, "").strip()]:
                return [self.refused(told("No value was given for {empty}.", empty=", ".join(empty)))]
        acts = [[who, act, slot, values.get(f"{slot}={value}", value).strip()] for who, act, slot, value in rows]
        outline = [f"{who}: {self._line(act, slot, value)}" for who, act, slot, value in acts]
        fields: dict[str, Any] = {"outline": outline, "acts": acts}
        return [self.made(1, fields, answers, draft.target_language, values=values)]

    async def _rendered(self, draft: Draft, generate: Generate, keys: list[str]) -> Generated:
        policies = {key: self.values[key.partition("=")[0]] for key in keys}
        return await self.ask(draft, generate, {"values": policies}, strict(values=strict(**dict.fromkeys(keys, TEXT))))

    def _known(self, rows: list[list[str]]) -> set[str]:
        return {act for _, act, slot, _ in rows if self._template(act, slot)}

    def _template(self, act: str, slot: str) -> str:
        return self.templates.get(f"{act}.{slot}") or self.templates.get(act) or ACTS.get(act, "")

    def _line(self, act: str, slot: str, value: str) -> str:
        named = {"slot": self.names.get(slot, slot.replace("_", " ")), "value": value}
        return SLOT.sub(lambda place: named[place[1]], self._template(act, slot))
