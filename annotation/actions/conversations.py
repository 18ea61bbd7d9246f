"""Saying something about the work: a comment on a task, and what came of a flag."""

from django.db import IntegrityError, transaction

from annotation import policies
from annotation.models import Comment, Resolution, Submission, Task
from annotation.texts import storable
from core.errors import Conflict, Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.told import told

MAX_TEXT = 2000


def comment(task: Task, text: str, *, by: User) -> Comment:
    """Append a comment to a task; who may read it says annotation/comments.py. The same text twice running is one comment."""
    require(policies.comment_on(by, task))
    storable("comment", text, MAX_TEXT)
    if not text.strip():
        raise Invalid("Write what you want to say.", {"comment": told("is empty")})
    with transaction.atomic():
        Task.objects.select_for_update(no_key=True).get(pk=task.pk)
        last = Comment.objects.filter(task=task, author=by).last()
        if last and last.text == text:
            return last
        made = Comment.objects.create(task=task, author=by, text=text)
        record("comment", made, by=by, data={"task": task.pk})
    return made


def resolve(submission: Submission, note: str, *, by: User | None) -> Resolution:
    """Say what came of what an answer flagged: once, with a note."""
    require(policies.resolve(by, submission))
    storable("note", note, MAX_TEXT)
    if not submission.flagged:
        raise Invalid("This answer flagged nothing: there is nothing to resolve.")
    if not note.strip():
        raise Invalid("Say what came of it: the note is kept.", {"note": told("is missing")})
    try:
        with transaction.atomic():
            made = Resolution.objects.create(submission=submission, note=note, by=by)
            record("resolve", made, by=by, data={"submission": submission.pk})
    except IntegrityError as error:
        raise Conflict("Somebody has resolved this flag already: load the page again.") from error
    return made
