"""Which units somebody wants to see: filters and words that combine, page after page, as quick in a million units as in ten."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from annotation import search_index
from annotation.bulk import fetch
from annotation.folding import LONGEST, MOST_TERMS, terms
from annotation.judgements import PREFIX
from annotation.models import Dataset, Unit
from core.errors import Invalid
from core.told import told

# So many units are looked at one by one first; what is rarer than a page in so many is found by its own index.
WINDOW = 1000
# A count beyond this says no more than "very many" and costs a walk over all of them.
COUNTED = 10_000
# So many units that nobody has searched since they changed are read by who searches; the sweep reads the others.
READ_NOW = 500
# An index walk for each language and status: none of them has to pass over what the others have. Rows are compared, for that can
# only be had from that index: PostgreSQL cannot know that languages came in one after the other, and would pass by all the earlier ones.
STREAMS = """
SELECT walk.id FROM unnest(%(tags)s::text[]) AS l (tag) CROSS JOIN unnest(%(statuses)s::text[]) AS k (status)
CROSS JOIN LATERAL (
    SELECT u.id FROM annotation_unit u JOIN annotation_item i ON i.id = u.item_id
    WHERE (u.language, u.status, u.id) > (l.tag, k.status, greatest(%(after)s, %(low)s - 1))
      AND (u.language, u.status, u.id) <= (l.tag, k.status, %(high)s) AND {plain}
    ORDER BY u.language, u.status, u.id LIMIT %(most)s) AS walk
ORDER BY walk.id LIMIT %(most)s
"""
WALK = """
SELECT u.id FROM annotation_unit u JOIN annotation_item i ON i.id = u.item_id
WHERE u.id > %(after)s AND u.id BETWEEN %(low)s AND %(high)s AND {plain} ORDER BY u.id LIMIT %(most)s
"""
ALL = """
SELECT u.id FROM annotation_unit u JOIN annotation_item i ON i.id = u.item_id {entry}
WHERE u.language = ANY(%(tags)s) AND u.status = ANY(%(statuses)s) AND u.id BETWEEN %(low)s AND %(high)s AND {plain}
"""
ENTRY = "JOIN annotation_searchentry s ON s.unit_id = u.id"
LOOK = """
WITH walked AS MATERIALIZED ({walk})
SELECT count(*), coalesce(array_agg(u.id ORDER BY u.id) FILTER (WHERE {rare}), '{{}}')
FROM walked JOIN annotation_unit u ON u.id = walked.id {entry}
"""
FIND = """
WITH found AS MATERIALIZED ({all})
SELECT (SELECT count(*) FROM found), ARRAY(SELECT id FROM found WHERE id > %(after)s ORDER BY id LIMIT %(most)s)
"""
# The stretch of units in which a dataset's kinds lie, and a campaign's tasks: both ends are read off an index.
BOUNDS = """
SELECT coalesce(min(low), 0), coalesce(max(high), -1) FROM unnest(%(kinds)s::text[]) AS k (kind) CROSS JOIN LATERAL (
    SELECT min(unit_id) AS low, max(unit_id) AS high FROM annotation_searchentry
    WHERE dataset_id = %(dataset)s AND kind = k.kind) AS ends
"""
TASKS = "SELECT coalesce(min(unit_id), 0), coalesce(max(unit_id), -1) FROM annotation_task WHERE campaign_id = %(campaign)s"
CAMPAIGN = "SELECT id FROM annotation_campaign WHERE dataset_id = %(dataset)s AND slug = %(slug)s"
PERSON = "SELECT user_id FROM annotation_member WHERE dataset_id = %(dataset)s AND pseudonym = %(name)s"


@dataclass(frozen=True)
class Wanted:
    """The filters, each empty for any; as in an address, so in a saved view."""

    language: str = ""
    kind: str = ""
    status: str = ""
    route: str = ""
    check: str = ""
    verdict: str = ""
    campaign: str = ""
    person: str = ""
    q: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Wanted":
        """What of the given names and values are filters; `Invalid` for words that nobody can look for."""
        named = {one.name: str(given.get(one.name) or "").replace("\x00", "") for one in fields(cls)}
        wanted = cls(**{name: value if name == "q" else value[:LONGEST] for name, value in named.items()})
        if len(wanted.q) > LONGEST or len(wanted.terms) > MOST_TERMS:
            raise Invalid(told(
                "A search takes at most {characters} characters and {words} words: take a few that are rare.",
                characters=LONGEST, words=MOST_TERMS,
            ), {"q": told("is too long")})
        return wanted

    @property
    def terms(self) -> list[str]:
        return terms(self.q)

    @property
    def given(self) -> dict[str, str]:
        """Those that are not empty."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Reader:
    """Whose units are looked for: of which languages, and whether the people and a model's judgements may be looked for, too."""

    dataset: Dataset
    tags: Sequence[str]
    manages: bool


@dataclass(frozen=True)
class Page:
    """Some units in order. ``count`` is of all pages, or at least so many; None where nobody knows."""

    units: list[int]
    more: bool
    count: int | None
    at_least: bool = False
    waiting: int = 0


def page(reader: Reader, wanted: Wanted, *, after: int, most: int) -> Page:
    """The first units after that one that are as wanted."""
    due = _read_now(reader.dataset, wanted)
    search = Search(reader, wanted)
    values = {"after": after, "most": most + 1}
    if not search.rare:
        found = [row[0] for row in fetch(search.walk, search.values | values)]
        counted = fetch(f"SELECT count(*) FROM ({search.all} LIMIT {COUNTED + 1}) AS first", search.values)[0][0]
        return Page(found[:most], len(found) > most, min(counted, COUNTED), counted > COUNTED)
    for window in (WINDOW, 10 * WINDOW):
        seen, hits = fetch(search.look, search.values | {"after": after, "most": window})[0]
        if seen < window or len(hits) > most:
            whole = after == 0 and seen < window
            return Page(hits[:most], len(hits) > most, len(hits) if whole or after == 0 else None, not whole, due)
        if 100 * len(hits) < window:  # one in a hundred is soon come by; all of them together would take long to fetch
            break
    count, found = fetch(search.find, search.values | values)[0]
    return Page(found[:most], len(found) > most, count, False, due)


def every(reader: Reader, wanted: Wanted, *, most: int) -> list[int]:
    """All units that are as wanted; of more than `most`, one more than that and no matter which."""
    if _read_now(reader.dataset, wanted):
        raise Invalid("Some texts have just come in and are not searched yet: wait a little, then do this again.")
    search = Search(reader, wanted)
    return sorted(row[0] for row in fetch(f"{search.all} LIMIT {most + 1}", search.values))


def _read_now(dataset: Dataset, wanted: Wanted) -> int:
    """Bring the index up to date where words are looked for; how many units it lacks after that, up to `COUNTED` and one."""
    if not wanted.terms:
        return 0
    search_index.catch_up(READ_NOW, dataset=dataset.pk)
    return search_index.waiting(dataset.pk, COUNTED + 1)


@dataclass
class Search:
    """The statements for one reader's wish. What is rare is known in two ways: looked at in a unit, and as a set from an index."""

    reader: Reader
    wanted: Wanted
    values: dict[str, Any] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)
    rare: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        wanted, dataset = self.wanted, self.reader.dataset
        kinds = [wanted.kind] if wanted.kind else list(dataset.kinds.kinds)
        tags = [tag for tag in self.reader.tags if wanted.language in ("", tag)]
        statuses = [one for one in Unit.Status.values if wanted.status in ("", one)]
        self.values = {"dataset": dataset.pk, "kinds": kinds, "tags": tags, "statuses": statuses, "terms": wanted.terms}
        self.plain = ["i.dataset_id = %(dataset)s"]
        for column in ("kind", "route"):
            if value := getattr(wanted, column):
                self.plain.append(f"{'i' if column == 'kind' else 'u'}.{column} = %({column})s")
                self.values[column] = value
        self.low, self.high = fetch(BOUNDS, self.values)[0]
        for narrow in (self._campaign, self._person, self._finding, self._words):
            narrow()
        self.values |= {"low": self.low, "high": self.high}

    @property
    def walk(self) -> str:
        """The units by their number, without what is rare."""
        narrowed = self.wanted.status or len(self.values["tags"]) < len(self.reader.dataset.language_tags)
        shape = STREAMS if narrowed else WALK
        plain = self.plain if narrowed else [*self.plain, "u.language = ANY(%(tags)s)", "u.status = ANY(%(statuses)s)"]
        return shape.format(plain=" AND ".join(plain))

    @property
    def look(self) -> str:
        """How many units a walk passes, and which of them have what is rare."""
        return LOOK.format(walk=self.walk, rare=" AND ".join(self.rare), entry=ENTRY if self.values["terms"] else "")

    @property
    def all(self) -> str:
        """All units in no order, and PostgreSQL chooses where to begin."""
        return ALL.format(plain=" AND ".join([*self.plain, *self.sets]), entry=ENTRY if self.values["terms"] else "")

    @property
    def find(self) -> str:
        """How many there are, and a page of them."""
        return FIND.format(all=self.all)

    def _words(self) -> None:
        wanted = self.values["terms"]
        if not wanted:
            if self.wanted.q.strip():  # nothing but what no text is searched for
                self.plain.append("false")
            return
        narrow = [self.wanted.language] if self.wanted.language else []
        self.values["grams"] = search_index.query(self.reader.dataset.pk, wanted, narrow)
        self.values |= {f"term{n}": term for n, term in enumerate(wanted)}
        has = [f"strpos(s.folded, %(term{n})s) > 0" for n in range(len(wanted))]
        self.rare += has
        self.sets += ["s.grams @@ %(grams)s::tsquery", *has]

    def _finding(self) -> None:
        wanted = self.wanted
        if not (wanted.check or wanted.verdict):
            return
        self.values |= {"check": wanted.check, "verdict": wanted.verdict, "judgements": PREFIX.replace("_", r"\_") + "%"}
        asked = [
            *(["f.check_name = %(check)s"] if wanted.check else []),
            *(["f.verdict = %(verdict)s"] if wanted.verdict else []),
            *([] if self.reader.manages else ["f.check_name NOT LIKE %(judgements)s"]),
        ]
        said = " AND ".join(asked)
        self.rare.append(f"EXISTS (SELECT FROM annotation_finding f WHERE f.translation_id = u.current_id AND {said})")
        self.sets.append(f"u.current_id IN (SELECT f.translation_id FROM annotation_finding f WHERE {said})")

    def _campaign(self) -> None:
        if not self.wanted.campaign:
            return
        # In whatever purpose: were gold left out, its absence would tell it.
        found = fetch(CAMPAIGN, {"dataset": self.reader.dataset.pk, "slug": self.wanted.campaign})
        self.values["campaign"] = found[0][0] if found else 0
        low, high = fetch(TASKS, self.values)[0]
        self.low, self.high = max(self.low, low), min(self.high, high)
        self.rare.append("EXISTS (SELECT FROM annotation_task t WHERE t.campaign_id = %(campaign)s AND t.unit_id = u.id)")
        self.sets.append("u.id IN (SELECT t.unit_id FROM annotation_task t WHERE t.campaign_id = %(campaign)s)")

    def _person(self) -> None:
        if not self.wanted.person:
            return
        asked = {"dataset": self.reader.dataset.pk, "name": self.wanted.person}
        found = fetch(PERSON, asked) if self.reader.manages else []
        self.values["person"] = found[0][0] if found else 0
        held = "SELECT t.unit_id FROM annotation_assignment a JOIN annotation_task t ON t.id = a.task_id WHERE a.person_id = %(person)s"
        self.rare.append(f"EXISTS ({held} AND t.unit_id = u.id)")
        self.sets.append(f"u.id IN ({held})")
