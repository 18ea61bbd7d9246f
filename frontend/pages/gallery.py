"""The gallery of task types: each with a live example to try, and for those that take parameters a place to build one."""

from typing import Any

import yaml
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import ValidationError

from annotation.asks import KINDS
from annotation.asks.entity import Entity
from annotation.records import Question
from annotation.schema import Kind
from annotation.task_types import TaskType, task_types
from core.errors import Invalid
from core.languages import language
from core.wrong import places
from frontend import sheet
from frontend.errors import fields_of
from frontend.pages import asking, editor
from frontend.pages.forms import YamlField
from frontend.plugin_words import described

SOURCE, TARGET = "en", "es"
ADDABLE = {kind.example["type"]: kind for kind in KINDS}


class Built(forms.Form):
    """A task type's parameters and a record to try it on, as they are written in a campaign and in a file."""

    params = YamlField(label=gettext_lazy("Parameters"), rows=18, required=False, help_text=gettext_lazy("As in a campaign's YAML."))
    kind = YamlField(label=gettext_lazy("Kind of record"), rows=8)
    source = YamlField(label=gettext_lazy("A record"), rows=6)
    target = YamlField(label=gettext_lazy("Its translation"), rows=6, required=False)


@require_safe
@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    found = [(one, described(one)[0]) for one in task_types.all.values() if "annotate" in one.stages]
    return render(request, "frontend/gallery.html", {"types": found})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def gallery_type(request: HttpRequest, name: str) -> HttpResponse:
    """One task type as people meet it. Nothing is kept: an answer is only checked, and what it would be kept as is shown."""
    plugin = task_types.get(name)
    form = Built(request.POST if "params" in request.POST else _written(plugin))
    problem: Invalid | None = None
    try:
        asked, question = _built(plugin, form)
    except Invalid as refused:
        problem, asked, question = refused, None, None
    context: dict[str, Any] = {
        "plugin": plugin, "about": described(plugin)[0], "form": form,
        "problem": problem, "problems": fields_of(problem) if problem else {}, "addable": ADDABLE,
    }  # fmt: skip
    if asked is not None and question is not None:
        context |= _desk(request, asked, question, form.cleaned_data["params"])
    if request.POST.get("do") == "add" and not form.errors:
        context["form"] = Built(form.data | {"params": _with_one_more(form, request.POST.get("ask", ""))})
    return render(request, "frontend/gallery_type.html", context, status=422 if problem or form.errors else 200)


def _written(plugin: type[TaskType]) -> dict[str, str]:
    values = {"params": plugin.example, "kind": plugin.example_kind, "source": plugin.example_source, "target": plugin.example_target}
    return {name: _yaml(value) if value else "" for name, value in values.items()}


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)


def _built(plugin: type[TaskType], form: Built) -> tuple[TaskType, Question]:
    """The task type and the question it puts about the record; `Invalid` with every place where something is wrong."""
    if not form.is_valid():
        raise Invalid(_("Some of it is no YAML: see below."))
    given = form.cleaned_data
    try:
        kind = Kind.model_validate(given["kind"])
    except ValidationError as error:
        said = places(error)
        raise Invalid(_("The kind of record is not valid."), {f"kind.{place}": text for place, text in said.items()}) from error
    if not isinstance(given["params"] or {}, dict) or not isinstance(given["source"], dict) or not isinstance(given["target"] or {}, dict):
        raise Invalid(_("Parameters and records are names with values, such as “text: A sentence.”"))
    asked = task_types.build({"name": plugin.name, "params": given["params"] or {}})
    if wrong := kind.problems(given["source"]):
        raise Invalid(_("The record does not fit its kind."), {f"source.{name}": text for name, text in wrong.items()})
    if misfits := asked.misfits({"record": kind} | _terminologies(asked, kind), ("record",)):
        raise Invalid(_("It asks about what the record has not."), misfits)
    return asked, Question(
        kind=kind, kind_name="record", source=given["source"], draft=given["target"] if asked.shows_draft else None,
        source_language=SOURCE, target_language=TARGET,
    )  # fmt: skip


def _terminologies(asked: TaskType, kind: Kind) -> dict[str, Kind]:
    """The kinds whose items are looked up: they are a dataset's, and here there is none."""
    return {ask.kind: kind for ask in asked.asks() if isinstance(ask, Entity)}


def _with_one_more(form: Built, name: str) -> str:
    """The parameters with one more question, a name of its own given to it."""
    params = dict(form.cleaned_data["params"] or {})
    questions = [*params.get("questions", [])]
    taken = {one.get("name") for one in questions if isinstance(one, dict)}
    if name in ADDABLE:
        example = dict(ADDABLE[name].example)
        free = next(new for at in range(1, 100) if (new := example["name"] if at == 1 else f"{example['name']}_{at}") not in taken)
        questions.append(example | {"name": free})
    return _yaml(params | {"questions": questions})


def _desk(request: HttpRequest, asked: TaskType, question: Question, params: dict[str, Any] | None) -> dict[str, Any]:
    """What the work screen's partial needs, and what became of an answer that was sent to be checked."""
    checking = request.POST.get("do") == "check"
    answer = editor.payload(request.POST, question, asked) if checking else {}
    refused: Invalid | None = None
    kept: dict[str, Any] = {}
    if checking:
        try:
            parsed = asked.parse(answer, question)
            kept = {
                "payload": parsed.model_dump(mode="json", exclude_none=True), "label": asked.label_of(parsed), "exported": asked.exported(parsed),
            }  # fmt: skip
        except Invalid as problem:
            refused = problem
    said = fields_of(refused) if refused else {}
    edits = "content" in asked.Payload.model_fields
    task = sheet.Task(
        assignment=0, campaign=0, task_type=asked.name, stage="annotate", round=1, sent_back="", lease_until=timezone.now(),
        kind="record", source_language=SOURCE, target_language=TARGET, source=question.source, draft=question.draft, draft_origin="",
        earlier=None, findings=[], context={}, saved=None,
    )  # fmt: skip
    return {
        "task": task, "kind": question.kind, "answer": answer, "template": asked.template, "target": language(TARGET),
        "blocks": editor.blocks(question, typed=answer.get("content"), earlier=None, errors=said) if edits else [],
        "fields": asking.fields(question, asked), "asks": asking.drawn(question, asked, answer.get("answers") or {}, said, seed=0),
        "refused": refused, "kept": kept, "kept_yaml": _yaml(kept["payload"]) if kept else "",
        "campaign_yaml": _yaml({"task_type": {"name": asked.name, "params": params} if params else asked.name}),
    }  # fmt: skip


urlpatterns = [path("gallery/", gallery, name="gallery"), path("gallery/<slug:name>/", gallery_type, name="gallery_type")]
