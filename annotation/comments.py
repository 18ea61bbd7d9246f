"""Who reads which comments: through them nobody sees others' answers to what they are asked themselves."""

from dataclasses import dataclass
from datetime import datetime

from annotation import policies
from annotation.models import Comment, Member, Task
from annotation.models.members import Role
from core.models import User


@dataclass(frozen=True)
class Said:
    """A comment as its reader may know it: ``who`` is a role, and for managers the pseudonym too, never a name."""

    text: str
    who: str
    mine: bool
    created: datetime


def on(task: Task, reader: User) -> list[Said]:
    """The comments on a unit in a campaign, in whatever round, oldest first.

    Experts of the language and managers read all; who holds a task reads their own and those of experts and managers.
    """
    found = list(Comment.objects.filter(task__unit=task.unit_id, task__campaign=task.campaign_id).order_by("pk"))
    if not found:
        return []
    authors = Member.objects.filter(dataset=task.campaign.dataset_id, user__in={one.author_id for one in found})
    members = {one.user_id: one for one in authors}
    sees_all = bool(policies.read_unit(reader, task.unit))
    manages = bool(policies.manage(reader, task.campaign.dataset))
    return [
        Said(one.text, _who(members.get(one.author_id), manages), one.author_id == reader.pk, one.created)
        for one in found
        if sees_all or one.author_id == reader.pk or _guides(members.get(one.author_id))
    ]


def _guides(author: Member | None) -> bool:
    # Who is no member but wrote here is the site's administrator.
    return author is None or author.role != Role.ANNOTATOR


def _who(author: Member | None, manages: bool) -> str:
    if author is None:
        return "administrator"
    return f"{author.pseudonym} ({author.get_role_display()})" if manages else author.get_role_display()
