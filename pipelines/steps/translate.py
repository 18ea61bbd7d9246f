"""The machine's first word on a unit: its whole item in one request, with all that helps and nothing that must not change."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import Any, ClassVar, Literal

from pydantic import Field

from core.languages import language
from core.told import told
from pipelines.prompts import Prompt
from pipelines.records import Draft, Found, Generate, Generated, Request, text_of, texts
from pipelines.steps import Step
from pipelines.steps._carried import Answer, Carried, carry
from pipelines.steps._locale import rules
from pipelines.steps._texts import like
from pipelines.steps._windows import between, core, windows

# The first attempt, and the two after a failed check, each by a prompt of its own.
PROMPTS = ("translate", "translate_again", "translate_last")
# Of what an item belongs to, so many characters at most are shown with it; a whole book is no help.
AROUND = 6000

Ask = Callable[[dict[str, Any], dict[str, Any]], Awaitable[dict[str, Any]]]
"""Has a part of the masked item translated, given what stands before it."""


class Translate(Step):
    """Translates the whole item in one request, so that a question and its options fit together; leaves a given text alone.

    The dataset's own translation of the same source comes first. Placeholders, tags, code, formulas and addresses go as
    numbered tokens, spans between numbered markers; a token that does not come back exactly once is a failure, never mended.
    """

    name: ClassVar[str] = "translate"
    label: ClassVar[str] = "Translate"
    version: ClassVar[str] = "2"

    memory: Literal["passed", "verified", "off"] = "passed"
    """Which translation of the same source is taken instead of asking: a verified one, else a person's or one that passed all checks."""
    examples: int = Field(3, ge=0, le=5)
    """So many verified translations, those most like the source, are shown."""
    numbers: bool = False
    """Whether numbers written with digits go as tokens, too, and stay exactly as they are."""
    window: int = Field(4000, ge=200)
    """A text of more characters is translated in pieces of whole sentences, each with the one before it."""

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        if draft.content is not None:
            return draft
        if remembered := self._remembered(draft):
            return remembered
        carried, answers = carry(draft, numbers=self.numbers), []

        async def ask(part: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
            answers.append(await generate(self._request(carried, part, before)))
            return like(part, answers[-1].content)

        answer = carried.restored(await self._in_parts(carried, ask))
        return replace(
            draft,
            content=answer.content,
            findings=(*draft.findings, *self._findings(draft, answer)),
            made_by=draft.made_by | _made_by(answers),
            recorded=draft.recorded or any(one.recorded for one in answers),
        )

    def _remembered(self, draft: Draft) -> Draft | None:
        """The draft with the dataset's own translation, at the first attempt: what fails the checks is not tried twice."""
        found = draft.remembered
        if found is None or draft.memory is None or draft.attempt or self.memory == "off" or (self.memory == "verified" and not found.verified):
            return None
        made_by = {
            "translate": "memory|" + ("verified" if found.verified else "passed"),
            "memory": found.translation,
            "memory_hash": found.hash,
        }
        content = like(draft.source | dict.fromkeys(draft.kind.carried), draft.memory)
        return replace(draft, content=content, made_by=draft.made_by | made_by, recorded=draft.recorded or found.recorded)

    async def _in_parts(self, carried: Carried, ask: Ask) -> dict[str, Any]:
        """The masked item's translation: in one request, unless it has long texts: those follow, window by window."""
        long = {name for name, text in carried.content.items() if isinstance(text, str) and len(text) > self.window}
        rest = {name: value for name, value in carried.content.items() if name not in long}
        found, before = {}, {}
        if any(text.strip() for text in texts(rest)):
            found = await ask(rest, {})
            before = _before(carried, rest, found) if long else {}
        for name in sorted(long, key=list(carried.content).index):
            found[name], before = await self._long(carried, name, before, ask)
        return like(carried.content, rest | found)

    async def _long(
        self, carried: Carried, name: str, before: dict[str, Any], ask: Ask
    ) -> tuple[str, dict[str, Any]]:  # fmt: skip
        """One long text, and its last window with its translation; what stood between the sentences stands there again."""
        source, target = language(carried.draft.source_language), language(carried.draft.target_language)
        whole, gap = "", None
        for window in windows(carried.content[name], self.window):
            ahead, text, behind = core(window)
            gap = ahead if gap is None else between(gap + ahead, source, target)
            if not text:
                gap += behind
                continue
            answer = await ask({name: text}, before)
            before = _before(carried, {name: text}, answer)
            whole, gap = whole + gap + answer[name].strip(), behind
        return whole + (gap or ""), before

    def _request(self, carried: Carried, part: dict[str, Any], before: dict[str, Any]) -> Request:
        draft = carried.draft
        prompt = Prompt(PROMPTS[min(draft.attempt, len(PROMPTS) - 1)])
        source, target = language(draft.source_language), language(draft.target_language)
        around = draft.around if len(_shown(draft.around)) <= AROUND else {}
        helps = {
            "locale": rules(target.tag),
            "tokens": carried.tokens(part),
            "markers": carried.markers(part),
            "terms": [asdict(term) for term in draft.terms],
            "examples": [asdict(one) for one in draft.examples[: self.examples]],
            "around": around,
            "before": before,
        }
        return Request(
            prompt=prompt.name,
            prompt_signature=prompt.signature,
            messages=prompt.messages(source=source.name, target=target.name, data=part, **helps),
            # What goes by the input, a transcript or an engine, reads no tokens.
            input=carried.plain(part),
            source=source.tag,
            target=target.tag,
            # Scripts that models know little of take several tokens a letter.
            max_tokens=2048 + 6 * len(text_of(part)),
        )

    def _findings(self, draft: Draft, answer: Answer) -> list[Found]:
        found = []
        if answer.lost:
            found.append(Found("protected", "fail", self.signature(), len(answer.lost), answer.lost[0]))
        if answer.unplaced:
            said = told("Not marked exactly once in the translation: {unplaced}.", unplaced=", ".join(answer.unplaced))
            found.append(Found("spans", "fail", self.signature(), len(answer.unplaced), said))
        elif any(draft.item.get(name) for name in draft.kind.carried):
            found.append(Found("spans", "ok", self.signature(), 0))
        return found


def _before(carried: Carried, part: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    return {"source": carried.plain(part), "translation": carried.said(answer)}


def _made_by(answers: list[Generated]) -> dict[str, Any]:
    """The signature and request of the answer; of a text in several parts the requests of all."""
    said: dict[str, Any] = {"translate": answers[0].signature, "translate_request": answers[0].request_hash}
    return said | ({"translate_requests": [one.request_hash for one in answers]} if len(answers) > 1 else {})


def _shown(around: dict[str, dict[str, Any]]) -> str:
    """All that would be shown of what an item belongs to."""
    return "\n".join(text_of(one) + text_of(one.get("target") or {}) for one in around.values())
