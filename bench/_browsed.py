"""A million units to browse: made-up words in five scripts, in the middle of their work, with findings, campaigns and people."""

import random
from collections.abc import Callable, Iterator
from itertools import islice

import orjson
from django.db import connection

from annotation import search_index
from annotation.actions import campaigns, datasets
from annotation.bulk import copy_in, next_ids
from annotation.models import Dataset, Finding, Item, SearchEntry, Translation, Unit
from core.models import User

LANGUAGES = {"ar": (0x0621, 0x064A), "my": (0x1000, 0x1021), "sw": (0x61, 0x7A), "th": (0x0E01, 0x0E2E), "zh": (0x4E00, 0x5800)}
SPACED = {"en", "ar", "sw"}
SCHEMA = {
    "kinds": {
        "sentence": {"fields": {"text": {"type": "text", "translate": True}}},
        "question": {"fields": {"text": {"type": "text", "translate": True}}},
    }
}
CHUNK = 10_000
PEOPLE = 100
VOCABULARY = 8000
# Verified, rejected and new ones among the drafted; the rejected are one in two hundred.
STATUS = """CASE WHEN n %% 200 = 7 THEN 'rejected' WHEN n %% 10 < 3 THEN 'verified' ELSE 'drafted' END"""
PLACE = f"""
UPDATE annotation_unit u SET status = {STATUS}, route = CASE WHEN n %% 3 = 0 THEN 'people' ELSE 'pass' END, current_id = t.id
FROM (SELECT id, unit_id, row_number() OVER (ORDER BY id) AS n FROM annotation_translation WHERE id BETWEEN %(first)s AND %(last)s) t
WHERE u.id = t.unit_id
"""
TASKS = """
INSERT INTO annotation_task (campaign_id, unit_id, language, round, stage, purpose, status, needed, open, priority, reason)
SELECT %(campaign)s, u.id, u.language, 1, 'annotate', 'work', 'open', 1, 1, 0, '' FROM annotation_unit u
JOIN annotation_item i ON i.id = u.item_id WHERE i.dataset_id = %(dataset)s AND i.id %% 10 = 3
"""
HELD = """
INSERT INTO annotation_assignment (task_id, campaign_id, person_id, stage, status, lease_until, started, reason)
SELECT id, campaign_id, %(person)s + id %% %(people)s, 'annotate', 'submitted', now(), now(), '' FROM annotation_task
WHERE campaign_id = %(campaign)s
"""


class Words:
    """Words of one script, a few of them frequent and most of them rare."""

    def __init__(self, tag: str, chance: random.Random) -> None:
        first, last = LANGUAGES.get(tag, (0x61, 0x7A))
        letters = [chr(code) for code in range(first, last + 1) if chr(code).isalpha()]
        long = (1, 2) if tag == "zh" else (2, 9)
        self.known = ["".join(chance.choices(letters, k=chance.randint(*long))) for _ in range(VOCABULARY)]
        self.shares = [0.0]
        for place in range(VOCABULARY):
            self.shares.append(self.shares[-1] + 1 / (place + 3))
        self.shares.pop(0)
        self.joined = " " if tag in SPACED else ""

    def text(self, chance: random.Random) -> str:
        """A sentence of about ten words."""
        return self.joined.join(chance.choices(self.known, cum_weights=self.shares, k=chance.randint(6, 14)))


def build(say: Callable[[str], None], items: int) -> tuple[Dataset, dict[str, Words], int]:
    """A dataset of so many items in five languages; its words, and the first of its people's ids."""
    chance = random.Random(5)
    words = {tag: Words(tag, chance) for tag in ("en", *LANGUAGES)}
    dataset = datasets.create(slug="browsed", name="browsed", schema=SCHEMA, languages=list(LANGUAGES), by=None)
    rows = iter(range(items))
    while numbers := list(islice(rows, CHUNK)):
        _write(dataset, words, numbers, items, chance)
    campaign = campaigns.create(dataset, slug="tenth", name="A tenth", by=None)
    people = User.objects.bulk_create(User(username=f"browsed-{n}", password="!") for n in range(PEOPLE))
    dataset.members.bulk_create(
        dataset.members.model(dataset=dataset, user=one, role="annotator", pseudonym=f"p-{n}") for n, one in enumerate(people)
    )
    with connection.cursor() as cursor:
        values = {"campaign": campaign.pk, "dataset": dataset.pk, "person": people[0].pk, "people": PEOPLE}
        for statement in (TASKS, HELD):
            cursor.execute(statement, values)
    say("written")
    # The index is built once all is read, which is several times as fast; what is measured is the same.
    (grams,) = (one for one in SearchEntry._meta.indexes if one.name == "search_grams")
    with connection.schema_editor(atomic=False) as editor:
        editor.remove_index(SearchEntry, grams)
        while search_index.catch_up(50 * search_index.CHUNK):
            say(f"{search_index.waiting(dataset.pk, 10_000_000)} units are to be read")
        editor.add_index(SearchEntry, grams)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return dataset, words, people[0].pk


def _write(dataset: Dataset, words: dict[str, Words], numbers: list[int], items: int, chance: random.Random) -> None:
    """Items with a unit and a draft in each language; one draft in eleven has a finding, one in five hundred a failure."""
    ids = next_ids(Item, len(numbers))
    # The last tenth is of another kind, as when a second file comes in.
    kinds = ["question" if n >= items * 0.9 else "sentence" for n in numbers]
    named = zip(ids, kinds, numbers, strict=True)
    fixed = ("test", "en", "imported", "")
    copy_in(Item, ("id", "dataset_id", "kind", "key", "content", "split", "language", "origin", "hash"), (
        (pk, dataset.pk, kind, f"k{n:07d}", _content(words["en"], chance), *fixed) for pk, kind, n in named
    ))  # fmt: skip
    wanted = [(item, tag) for item in ids for tag in LANGUAGES]
    units, texts = next_ids(Unit, len(wanted)), next_ids(Translation, len(wanted))
    copy_in(Unit, ("id", "item_id", "language", "status", "route", "reasons"), (
        (pk, item, tag, "new", "", "[]") for pk, (item, tag) in zip(units, wanted, strict=True)
    ))  # fmt: skip
    copy_in(Translation, ("id", "unit_id", "content", "hash", "origin", "made_by"), (
        (pk, unit, _content(words[tag], chance), "", "machine", "{}")
        for pk, unit, (_, tag) in zip(texts, units, wanted, strict=True)
    ))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PLACE, {"first": texts[0], "last": texts[-1]})
    copy_in(Finding, ("translation_id", "check_name", "verdict", "detail", "signature"), _findings(texts))


def _content(words: Words, chance: random.Random) -> str:
    return orjson.dumps({"text": words.text(chance)}).decode()


def _findings(texts: list[int]) -> Iterator[tuple]:
    for n, text in enumerate(texts):
        if n % 11 == 1:
            yield text, "numbers", "fail" if n % 45 == 1 else "warn", "", "numbers|v:1"
