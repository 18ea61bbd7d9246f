"""LLM choice: a model is shown the texts and the choices, with no examples, and asked which is right."""

from typing import ClassVar

from core.languages import language
from pipelines.baselines import Baseline
from pipelines.prompts import Prompt
from pipelines.records import Generate, Request, Row


class LlmChoice(Baseline):
    """Zero-shot, through any provider. An answer that is none of the choices is no answer, and counts as wrong."""

    name: ClassVar[str] = "llm_choice"
    label: ClassVar[str] = "Language model, zero-shot"
    asks: ClassVar[bool] = True

    def signature(self) -> str:
        """Another prompt is another baseline."""
        return f"{super().signature()}|prompt:{Prompt('choose').signature}"

    async def answer(self, row: Row, generate: Generate) -> str | None:
        prompt = Prompt("choose")
        item = {**row.texts, "choices": list(row.choices)}
        request = Request(
            prompt=prompt.name,
            prompt_signature=prompt.signature,
            messages=prompt.messages(language=language(row.language).name, data=item),
            input=item,
            source=row.language,
            target=row.language,
            max_tokens=512,
            answer={"answer": ""},
        )
        given = (await generate(request)).content.get("answer")
        exact = [choice for choice in row.choices if choice == given]
        # Models add spaces and change capitals; only where one choice alone fits is that read as the choice.
        near = [one for one in row.choices if isinstance(given, str) and _plain(one) == _plain(given)]
        return exact[0] if exact else near[0] if len(near) == 1 else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
