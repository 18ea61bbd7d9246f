"""A model as an annotator: it is asked what people are asked, and its answers are kept beside theirs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pydantic import Field

from annotation.blinding import blind, opened
from annotation.models import Campaign, Guideline, Task
from annotation.questions import question
from annotation.records import Question
from annotation.schema import Schema
from annotation.task_types import TaskType, task_types
from core.errors import Invalid
from core.languages import language
from core.told import told
from pipelines.answer_forms import answer_form, said
from pipelines.batches import Batching
from pipelines.endpoints import reaching
from pipelines.generate import each
from pipelines.jobs import Job, Lease
from pipelines.jobs._waiting import as_before, ended
from pipelines.models import MachineSubmission, Run, RunItem
from pipelines.prompts import Prompt
from pipelines.providers import providers
from pipelines.records import Generate, Generated, NotGenerated, Request

PROMPT = "annotate"
AGAIN = "An answer of yours could not be taken: {problem}. Answer anew."


@dataclass(frozen=True)
class Asked:
    """One task with its run item, the question it puts, and what a model is told of it."""

    item: RunItem
    task: Task
    question: Question
    told: dict[str, Any]


class Annotate(Job):
    """Every task of a campaign is put to a model as people saw it. No answer of a person or of another model is shown to it.

    An answer that the task type does not take is asked for once more, with the reason; then the task is given up.
    """

    name: ClassVar[str] = "annotate"
    label: ClassVar[str] = "Ask a model as an annotator"
    queue: ClassVar[str] = "models"
    chunk: ClassVar[int] = 64
    example: ClassVar[dict[str, Any]] = {"campaign": 1, "provider": {"name": "replay", "params": {"transcript": "demo"}}}

    campaign: int
    """The campaign's row."""
    provider: dict[str, Any]
    """Spec of the provider that is asked."""
    languages: list[str] = []
    """Only tasks in these; none: in all."""
    limit: int | None = Field(None, ge=1)
    """At most so many tasks, the oldest first."""
    batching: Batching = ""
    """Requests are called one by one; or put into batches that are sent (``send``), or written for somebody to take away (``write``)."""
    concurrency: int = Field(32, ge=1, le=256)
    """At most so many calls of a worker are under way at once."""

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        wanted = Task.objects.filter(campaign=self.campaign, purpose=Task.Purpose.WORK).order_by("pk")
        if self.languages:
            wanted = wanted.filter(language__in=self.languages)
        yield from ({"task": pk} for pk in wanted.values_list("pk", flat=True)[: self.limit].iterator(2000))

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        campaign = Campaign.objects.select_related("dataset").get(pk=self.campaign)
        task_type, guideline = task_types.build(campaign.task_type), campaign.guidelines.first()

        async def answered(asked: Asked, generate: Generate) -> tuple[dict[str, Any], Generated]:
            return await answer(task_type, asked, as_before(asked.item, generate, self.batching))

        provider = reaching(providers.build(self.provider))
        given = asked_of(campaign, task_type, guideline, items)
        for together in each(given, answered, run=run, provider=provider, concurrency=self.concurrency, batching=self.batching):
            rows = {done.thing.item: _row(run, guideline, done.thing.task, *done.result) for done in ended(together, lease) if done.result}
            with lease.writing_all(rows) as ours:
                # Asked again by the same guideline, the first answer stays.
                MachineSubmission.objects.bulk_create((rows[item] for item in ours), ignore_conflicts=True)
                lease.finish({item: {"annotator": rows[item].annotator} for item in ours})
        yield from ()


def asked_of(campaign: Campaign, task_type: TaskType, guideline: Guideline | None, items: Iterable[RunItem]) -> Iterator[Asked]:
    """What each task is to a model: the question with its texts, and beside it the guideline and its examples in that language."""
    by_task = {item.payload["task"]: item for item in items}
    schema = campaign.dataset.kinds
    for task in Task.objects.filter(pk__in=by_task).select_related("unit__item__dataset", "unit__current").order_by("pk"):
        task.campaign = campaign
        put = question(task, as_seen=True)
        if not task_type.shows_draft:
            put = replace(put, draft=None)
        told = {
            "task": task_type.label,
            "source": language(put.source_language).name,
            "target": language(put.target_language).name,
            "guideline": guideline.text if guideline else "",
            "examples": guideline.examples_in(put.target_language) if guideline else [],
            "data": shown(task_type, schema, put),
        }
        yield Asked(by_task[task.pk], task, put, told)


def shown(task_type: TaskType, schema: Schema, put: Question) -> dict[str, Any]:
    """What people see on the work screen, without the answer that the record came with."""
    questions = [ask.model_dump(mode="json", exclude_defaults=True) | {"type": ask.type} for ask in task_type.asks(put)]
    concealed = task_type.conceals(put.kind)
    whole = concealed.isdisjoint(put.kind.translatable)
    found = {
        "source": opened(put.source, concealed),
        "draft": put.draft and opened(put.draft, concealed),
        "context": blind(schema, put.context, concealed, whole=whole),
        "questions": questions,
    }
    return {name: value for name, value in found.items() if value}


async def answer(task_type: TaskType, asked: Asked, generate: Generate) -> tuple[dict[str, Any], Generated]:
    """A payload that the task type takes, and the call it came from; `NotGenerated` where two calls gave none."""
    problem = ""
    for _attempt in range(2):
        given = await generate(request(task_type, asked, problem))
        payload = said(given.content)
        try:
            task_type.parse(payload, asked.question)
            return payload, given
        except Invalid as error:
            problem = str(error)
    raise NotGenerated("schema", told("The model gave no answer that a person could have given: {problem}", problem=problem))


def request(task_type: TaskType, asked: Asked, problem: str) -> Request:
    """The call: one request for one task, with the form its answer must have."""
    prompt, form, data = Prompt(PROMPT), answer_form(task_type, asked.question), asked.told["data"]
    again = AGAIN.format(problem=problem) if problem else ""
    return Request(
        prompt=prompt.name,
        prompt_signature=prompt.signature,
        messages=prompt.messages(**asked.told, form=form, problem=again),
        input=data | ({"problem": problem} if problem else {}),
        source=asked.question.source_language,
        target=asked.question.target_language,
        schema=form,
    )


def _row(run: Run, guideline: Guideline | None, task: Task, payload: dict[str, Any], given: Generated) -> MachineSubmission:
    return MachineSubmission(
        campaign_id=task.campaign_id,
        task=task,
        annotator=given.signature[:300],
        payload=payload,
        guideline=guideline,
        request_hash=given.request_hash,
        recorded=given.recorded,
        run=run,
    )
