"""Six texts that went different ways between draft, crowd and expert, so that every number of the revision report is known."""

from annotation.actions import assignments, units
from annotation.models import Campaign, Unit
from annotation.models.assignments import Stage
from core.models import User
from pipelines.records import Found
from tests.world import World, task, unit

# Key: language, draft, and what happens, one answer after the other: the crowd's text, or the expert's verdict.
WAYS = {
    "kept": ("sw", "kitten", ["sitten", {"decision": "accept", "rating": 5}]),
    "corrected": ("sw", "abcdefghij", ["abcdefghij", {"decision": "accept", "rating": 3, "content": {"text": "abcdefgxyz"}}]),
    "again": (
        "sw", "one two", ["one two", {"decision": "redo", "reason": "wrong tense"}, "one too", {"decision": "accept", "rating": 4}],
    ),
    "refused": ("sw", "abcd", ["abce", {"decision": "reject", "reason": "=no sentence"}]),
    "written": ("my", None, ["ကျောင်း", {"decision": "accept", "rating": 5}]),
    "waiting": ("my", "ကခဂဃ", ["ကခဂင"]),
}  # fmt: skip


def revised(cast: World, slug: str = "post-edit") -> Campaign:
    """A campaign in which Bola wrote and Efe judged as `WAYS` says; Ben skipped a text, and Bola flagged one."""
    campaign = cast.campaign(slug)
    for name, (language, draft, _) in WAYS.items():
        key = name if slug == "post-edit" else f"{name}-{slug}"
        row = cast.drafted(f"Source of {key}.", draft, language, key=key) if draft else unit(cast.sentence("New.", key), language)
        task(campaign, row, priority=-1 if name == "waiting" else 0)
    found_in(campaign, "kept", Found("numbers", "fail", "numbers|v:1"))
    found_in(campaign, "corrected", Found("numbers", "warn", "numbers|v:1"))
    assignments.skip(assignments.claim(campaign, by=cast.ben), "do not know it", by=cast.ben)
    play(campaign, cast.bola, cast.efe)
    found_in(campaign, "corrected", Found("numbers", "ok", "numbers|v:2"))
    return campaign


def found_in(campaign: Campaign, name: str, found: Found) -> None:
    """A check's word on the present text of one of the campaign's units."""
    units.note(Unit.objects.get(tasks__campaign=campaign, tasks__round=1, item__key__startswith=name).current, [found])


def play(campaign: Campaign, annotator: User, expert: User) -> None:
    """Both answer in turns until there is nothing more that they know."""
    while any([answered(campaign, annotator), answered(campaign, expert)]):
        pass


def answered(campaign: Campaign, person: User) -> bool:
    """The person takes one task and answers it as `WAYS` says; False when there is none, or nothing is said of it."""
    held = assignments.claim(campaign, by=person)
    if held is None:
        return False
    name = held.task.unit.item.key.split("-")[0]
    said = WAYS[name][2][2 * (held.task.round - 1) + (held.stage != Stage.ANNOTATE) :]
    if not said:
        return False
    payload = {"content": {"text": said[0]}} if isinstance(said[0], str) else said[0]
    flagged = "is this a name?" if name == "kept" and held.stage == Stage.ANNOTATE else ""
    assignments.submit(held, payload, by=person, key=f"revised-{held.pk}", flagged=flagged)
    return True
