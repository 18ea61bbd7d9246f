"""Instructions that grow: roles take turns at making a new one, are criticised by the others, and remember what was said."""

from typing import Any, ClassVar

from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, Generate, Generated, Made
from pipelines.steps._make import TEXT, Maker, named, strict, twice

ROLES = {
    "deepener": "adds a condition or a step, so that more must be thought of",
    "widener": "moves the task to another subject of the same difficulty",
    "sharpener": "makes it more concrete and easier to check",
}


class EvolveInstruction(Maker):
    """Has roles with a memory of merits and faults write new instructions round by round; one that was there before is refused."""

    name: ClassVar[str] = "evolve_instruction"
    label: ClassVar[str] = "Evolve an instruction"
    makes: ClassVar[tuple[str, ...] | None] = ("instruction", "response")
    crosses: ClassVar[bool] = False
    example: ClassVar[dict[str, Any]] = {"field": "instruction", "rounds": 2}

    field: str = ""
    """The field the seed instruction stands in; empty for the item's first text."""
    roles: dict[str, str] = Field(ROLES, min_length=1, max_length=10)
    """Role to what it does to an instruction; each writes in turn, the others criticise."""
    rounds: int = Field(3, ge=1, le=20)
    """So many new instructions."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        _, seed = named(draft, self.field)
        if not seed:
            return [self.nothing(told("The item has no instruction."))]
        found: list[Made | Found] = []
        written = [seed]
        memory: dict[str, list[dict[str, Any]]] = {role: [] for role in self.roles}
        for number in range(1, self.rounds + 1):
            role = list(self.roles)[(number - 1) % len(self.roles)]
            data = {"instruction": written[-1], "memory": list(memory[role])}
            schema = strict(instruction=TEXT, response=TEXT)
            answer = await self.ask(draft, generate, data, schema, role=f"{role}: {self.roles[role]}")
            new, response = (answer.content[name].strip() for name in ("instruction", "response"))
            if not new or not response or twice(new, written):
                # The next round would go on from nothing new: the way ends here.
                return [*found, self.refused(told(
                    "Round {number} ({role}) brought no new instruction, and no round after it was tried.",
                    number=number, role=role,
                ))]
            said = await self._criticised(draft, generate, role, new, response)
            verdicts = {one: answer.content for one, answer in said.items()}
            memory[role].append({"instruction": new, "said": verdicts})
            written.append(new)
            fields = {"instruction": new, "response": response}
            notes = {"role": role, "round": number, "from": written[-2], "said": verdicts}
            notes["critics"] = [answer.request_hash for answer in said.values()]
            found.append(self.made(number, fields, [answer], draft.source_language, **notes))
        return found

    async def _criticised(self, draft: Draft, generate: Generate, author: str, new: str, response: str) -> dict[str, Generated]:
        """What each of the other roles says of it."""
        data = {"instruction": new, "response": response}
        return {
            role: await self.ask(
                draft, generate, data, strict(merits=TEXT, faults=TEXT), prompt="evolve_critique", role=f"{role}: {does}"
            )
            for role, does in self.roles.items()
            if role != author
        }  # fmt: skip
