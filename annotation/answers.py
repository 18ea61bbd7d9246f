"""The answers of a campaign as a table: one row an answer, people under their pseudonyms, what was said in columns."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Max

from annotation.models import Campaign, Member, Submission, Task
from annotation.models.assignments import Stage
from annotation.task_types import TaskType, task_types
from core import spreadsheet

PLACES = {
    "kind": "assignment__task__unit__item__kind",
    "key": "assignment__task__unit__item__key",
    "language": "assignment__task__language",
    "round": "assignment__task__round",
    "stage": "assignment__stage",
}
COLUMNS = ("answer", *PLACES, "annotator", "created", "seconds", "flagged")
"""What every row begins with; behind it stands what its task type exports."""


def rows(campaign: Campaign, last: int | None = None) -> Iterator[dict[str, Any]]:
    """Every answer to a task of work, oldest first, up to the `last` one. Gold, training and tests are left out: who has the table
    must not learn them.
    """
    asked = {
        Stage.ANNOTATE: task_types.build(campaign.task_type),
        Stage.VERIFY: task_types.build(campaign.verify_type or "verify"),
        Stage.ADJUDICATE: task_types.build(campaign.adjudicate_type or "adjudicate"),
    }
    pseudonyms = dict(Member.objects.filter(dataset=campaign.dataset_id).values_list("user", "pseudonym"))
    given = Submission.objects.filter(assignment__campaign=campaign, assignment__task__purpose=Task.Purpose.WORK).order_by("pk")
    given = given if last is None else given.filter(pk__lte=last)
    places = {name: F(place) for name, place in PLACES.items()} | {"person": F("assignment__person")}
    for one in given.values("pk", "payload", "created", "seconds", "flagged", **places).iterator(chunk_size=2000):
        common = {"answer": one["pk"]} | {name: one[name] for name in PLACES}
        common |= {"annotator": pseudonyms.get(one["person"], "administrator"), "created": one["created"].isoformat()}
        common |= {"seconds": round(one["seconds"], 1), "flagged": one["flagged"]}
        yield common | _said(asked, Stage(one["stage"]), one["payload"])


def _said(asked: dict[Stage, TaskType], stage: Stage, payload: dict[str, Any]) -> dict[str, Any]:
    """What a task type exports under names that are no column yet; an adjudicator's own answer as one to what everybody was asked."""
    at = asked[stage]
    said = at.exported(at.Payload.model_validate(payload))
    if own := payload.get("own"):
        everybody = asked[Stage.ANNOTATE]
        said = {name: cell for name, cell in said.items() if not name.startswith("own.")}
        said |= everybody.exported(everybody.Payload.model_validate(own))
    return {f"{name}_" if name in COLUMNS else name: cell for name, cell in said.items()}


def csv_lines(campaign: Campaign) -> Iterator[str]:
    """The table as the lines of a CSV file that no spreadsheet takes for formulas; all columns that any row has.

    The answers are read twice, for the header and for the rows; those that come in between are in neither.
    """
    last = Submission.objects.filter(assignment__campaign=campaign).aggregate(last=Max("pk"))["last"] or 0
    header = list(dict.fromkeys([*COLUMNS, *(name for row in rows(campaign, last) for name in row)]))
    yield from spreadsheet.lines(header, ([row.get(name) for name in header] for row in rows(campaign, last)))


def json_lines(campaign: Campaign) -> Iterator[str]:
    """One object a line, with the columns that the row has."""
    for row in rows(campaign):
        yield json.dumps(row, ensure_ascii=False, sort_keys=False) + "\n"
