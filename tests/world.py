"""The cast: Ada manages, Bola, Bisi and Ben annotate, Efe is the expert, Zed is a stranger; two of everything, so that a missing filter shows."""

from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import get_hasher, make_password

from annotation.aggregators import aggregators
from annotation.models import Campaign, Dataset, Guideline, Item, Member, Reference, Task, Translation, Unit
from annotation.models.members import Role
from annotation.task_types import task_types
from core.hashing import digest
from core.models import User

PASSWORD = "a password of the cast"
TARGETS = ("my", "sw")
SCHEMA: dict[str, Any] = {
    "kinds": {
        "sentence": {"fields": {"text": {"type": "text", "translate": True}}},
        "pair": {
            "fields": {
                "premise": {"type": "ref", "kind": "sentence"},
                "hypothesis": {"type": "ref", "kind": "sentence"},
                "label": {"type": "label", "labels": ["entailment", "neutral", "contradiction"]},
            },
            "answer": "label",
        },
        "question": {
            "fields": {
                "stem": {"type": "text", "translate": True},
                "options": {"type": "list", "translate": True},
                "answer": {"type": "choice", "of": "options"},
            },
            "answer": "answer",
        },
    }
}
_numbers = count(1)


@dataclass(frozen=True)
class World:
    """Everybody and both datasets. Nobody of the cast but the admin has any right in ``other``; Olu manages it."""

    dataset: Dataset
    other: Dataset
    ada: User
    bola: User
    bisi: User
    ben: User
    efe: User
    zed: User
    olu: User
    admin: User

    def sentence(self, text: str, key: str = "") -> Item:
        """A source sentence of the dataset."""
        return item(self.dataset, "sentence", {"text": text}, key)

    def pair(self, premise: Item, hypothesis: Item, label: str = "neutral", key: str = "") -> Item:
        """A premise and a hypothesis, by reference, with their label."""
        content = {"premise": premise.key, "hypothesis": hypothesis.key, "label": label}
        row = item(self.dataset, "pair", content, key)
        Reference.objects.create(item=row, field="premise", target=premise)
        Reference.objects.create(item=row, field="hypothesis", target=hypothesis)
        return row

    def question(self, stem: str, options: list[str], answer: int = 0, key: str = "") -> Item:
        """A multiple-choice question."""
        return item(self.dataset, "question", {"stem": stem, "options": options, "answer": answer}, key)

    def drafted(self, text: str, draft: str, language: str = "sw", key: str = "") -> Unit:
        """A sentence with its machine draft in one language, ready for people."""
        return drafted(unit(self.sentence(text, key), language), draft)

    def campaign(self, slug: str = "post-edit", *, live: bool = True, **changes: Any) -> Campaign:
        """A post-edit campaign of the dataset without tasks; see `task`. With ``live=False`` it is still being prepared."""
        values: dict[str, Any] = {
            "name": "Post-edit, then verify",
            "status": Campaign.Status.LIVE if live else Campaign.Status.DRAFT,
            "task_type": task_types.build("post_edit").spec(),
            "verify_type": task_types.build("verify").spec(),
            "aggregator": aggregators.build("majority").spec(),
            "created_by": self.ada,
        } | changes
        campaign = Campaign.objects.create(dataset=self.dataset, slug=slug, **values)
        Guideline.objects.create(campaign=campaign, version=1, text="Say what the source says.", created_by=self.ada)
        return campaign

    def member(self, user: User) -> Member:
        """The membership of one of the cast in the dataset."""
        return Member.objects.get(dataset=self.dataset, user=user)


def world() -> World:
    """The whole cast as fresh rows: dataset ``xnli`` from English into Swahili and Burmese, and dataset ``other`` of somebody else."""
    ada, olu = person("ada"), person("olu")
    cast = World(
        dataset=dataset("xnli", ada),
        other=dataset("other", olu),
        ada=ada,
        olu=olu,
        bola=person("bola"),
        bisi=person("bisi"),
        ben=person("ben"),
        efe=person("efe"),
        zed=person("zed"),
        admin=person("admin", is_superuser=True, is_staff=True),
    )
    for user in (cast.bola, cast.bisi, cast.ben):
        join(cast.dataset, user, Role.ANNOTATOR)
    join(cast.dataset, cast.efe, Role.EXPERT)
    return cast


def person(name: str, **changes: Any) -> User:
    """An account with the cast's `PASSWORD` and an e-mail address at example.org."""
    values = {"email": f"{name}@example.org", "first_name": name.capitalize(), "password": _hashed()} | changes
    return User.objects.create(username=name, **values)


def _hashed() -> str:
    return _hashed_by(get_hasher().algorithm)


@cache
def _hashed_by(algorithm: str) -> str:
    """Hashing is slow on purpose: once for the whole cast, and again where a test has another hasher."""
    return make_password(PASSWORD, hasher=algorithm)


def dataset(slug: str, manager: User) -> Dataset:
    """A dataset of the cast's schema and languages, with one manager."""
    row = Dataset.objects.create(slug=slug, name=slug.upper(), schema=SCHEMA, created_by=manager)
    for tag in TARGETS:
        row.languages.create(tag=tag)
    join(row, manager, Role.MANAGER, languages=())
    return row


def join(row: Dataset, user: User, role: str, languages: tuple[str, ...] = TARGETS, **changes: Any) -> Member:
    """A membership."""
    return Member.objects.create(dataset=row, user=user, role=role, languages=list(languages), **changes)


def item(row: Dataset, kind: str, content: dict[str, Any], key: str = "", split: str = "test") -> Item:
    """A source record; without a key it gets the next free one."""
    return Item.objects.create(
        dataset=row,
        kind=kind,
        key=key or f"{kind}-{next(_numbers)}",
        split=split,
        language="en",
        content=content,
        hash=digest({"kind": kind, "content": content}),
    )


def unit(source: Item, language: str = "sw") -> Unit:
    """The unit of an item in one language, still new."""
    return Unit.objects.create(item=source, language=language)


def translation(row: Unit, content: str | dict[str, Any], **changes: Any) -> Translation:
    """A candidate text, by a machine unless said otherwise; a plain string is the text of a sentence."""
    content = {"text": content} if isinstance(content, str) else content
    values: dict[str, Any] = {"origin": Translation.Origin.MACHINE} | changes
    return Translation.objects.create(unit=row, content=content, hash=digest(content), **values)


def drafted(row: Unit, content: str | dict[str, Any]) -> Unit:
    """The unit with a machine draft as its current text."""
    row.current = translation(row, content)
    row.status, row.route = Unit.Status.DRAFTED, Unit.Route.PEOPLE
    row.save()
    return row


def task(campaign: Campaign, row: Unit, needed: int = 1, **changes: Any) -> Task:
    """An open task on a unit, with so many free slots."""
    values: dict[str, Any] = {"language": row.language, "needed": needed, "open": needed} | changes
    return Task.objects.create(campaign=campaign, unit=row, **values)
