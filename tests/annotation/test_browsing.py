"""Filters combine, page follows page without a gap, and both ways of finding what is rare find the same."""

import pytest

from annotation import browsing, search_index
from annotation.actions import views
from annotation.browsing import Reader, Wanted
from annotation.models import Finding, Member, SavedView, Unit
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.world import drafted, item, task, unit, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return world()


@pytest.fixture
def many(cast):
    """Forty sentences in two languages: every third verified, every fifth failed a check, every seventh in a campaign Bola is in."""
    campaign = cast.campaign()
    for number in range(40):
        row = drafted(unit(cast.sentence(f"Sentence {number:02}.", key=f"k{number:02}"), ("sw", "my")[number % 2]), f"Neno {number}")
        if number % 3 == 0:
            Unit.objects.filter(pk=row.pk).update(status="verified", route="pass")
        if number % 5 == 0:
            Finding.objects.create(translation=row.current, check_name="numbers", verdict="fail", signature="n")
            Finding.objects.create(translation=row.current, check_name="judge_mqm", verdict="warn", signature="j")
        if number % 7 == 0:
            made = task(campaign, row)
            made.assignments.create(campaign=campaign, person=cast.bola, stage="annotate", lease_until="2030-01-01T00:00Z")
            made.assignments.update(status="submitted")
    unit(item(cast.other, "sentence", {"text": "Sentence of others."}, "k00"), "sw")
    return cast


def reader(cast, *, manages: bool = True, tags: tuple[str, ...] = ("my", "sw")) -> Reader:
    return Reader(cast.dataset, tags, manages)


def pages(who: Reader, wanted: Wanted, most: int = 4) -> list[str]:
    """The keys on all pages, one after the other."""
    keys, after = [], 0
    while True:
        page = browsing.page(who, wanted, after=after, most=most)
        keys += [Unit.objects.get(pk=pk).item.key for pk in page.units]
        if not page.more:
            return keys
        after = page.units[-1]


def numbers(**of: int) -> list[str]:
    return [f"k{n:02}" for n in range(40) if all(n % int(by[1:]) == rest for by, rest in of.items())]


@pytest.mark.parametrize("window", [2000, 3], ids=["walked", "by the index"])
@pytest.mark.parametrize(
    ("wanted", "right"),
    [
        ({}, numbers()),
        ({"language": "sw"}, numbers(m2=0)),
        ({"status": "verified"}, numbers(m3=0)),
        ({"route": "pass", "language": "my"}, numbers(m2=1, m3=0)),
        ({"check": "numbers"}, numbers(m5=0)),
        ({"verdict": "fail", "status": "verified"}, numbers(m5=0, m3=0)),
        ({"campaign": "post-edit"}, numbers(m7=0)),
        ({"q": "neno", "campaign": "post-edit", "language": "sw"}, numbers(m7=0, m2=0)),
        ({"q": "sentence 1"}, numbers()[10:20]),
        ({"q": "others"}, []),
        ({"kind": "question"}, []),
        ({"check": "no such"}, []),
    ],
)
def test_filters_combine_and_no_page_leaves_a_gap(many, monkeypatch, window, wanted, right):
    monkeypatch.setattr(browsing, "WINDOW", window)
    if wanted == {"q": "sentence 1"}:
        wanted, right = {"q": '"sentence 1"'}, right
    assert pages(reader(many), Wanted(**wanted)) == right
    every = browsing.every(reader(many), Wanted(**wanted), most=100)
    assert list(Unit.objects.filter(pk__in=every).order_by("pk").values_list("item__key", flat=True)) == right


@pytest.mark.parametrize("window", [2000, 3])
def test_only_who_manages_finds_by_person_and_by_a_models_judgement(many, monkeypatch, window):
    monkeypatch.setattr(browsing, "WINDOW", window)
    person = Wanted(person=Member.objects.get(dataset=many.dataset, user=many.bola).pseudonym)
    for wanted, right in ((person, numbers(m7=0)), (Wanted(check="judge_mqm"), numbers(m5=0)), (Wanted(verdict="warn"), numbers(m5=0))):
        assert pages(reader(many), wanted) == right
        assert pages(reader(many, manages=False), wanted) == []


@pytest.mark.parametrize("manages", [True, False])
def test_a_campaigns_gold_is_found_in_it_like_its_work(many, manages):
    """Were it left out, who has answered it would know it by that."""
    gold = many.drafted("It snowed.", "Theluji.", key="k99")
    task(many.dataset.campaigns.get(), gold, purpose="gold")
    assert pages(reader(many, manages=manages), Wanted(campaign="post-edit")) == [*numbers(m7=0), "k99"]


def test_nobody_is_shown_a_language_that_is_not_theirs(many):
    assert pages(reader(many, manages=False, tags=("my",)), Wanted()) == numbers(m2=1)
    assert pages(reader(many, manages=False, tags=("my",)), Wanted(language="sw")) == []
    assert pages(reader(many, manages=False, tags=("my",)), Wanted(q="neno", language="sw")) == []


def test_a_count_is_exact_or_says_that_it_is_not(many, monkeypatch):
    def count(**wanted):
        found = browsing.page(reader(many), Wanted(**wanted), after=0, most=4)
        return found.count, found.at_least

    assert count() == (40, False) and count(check="numbers") == (8, False)
    monkeypatch.setattr(browsing, "COUNTED", 10)
    assert count() == (10, True)
    monkeypatch.setattr(browsing, "WINDOW", 12)
    assert count(q="neno") == (12, True), "of the first twelve all; of the others nobody has looked"
    assert count(q="neno", status="verified", check="numbers") == (3, False)


def test_a_search_beyond_measure_is_refused_and_not_cut_off():
    with pytest.raises(Invalid, match="at most 200 characters and 10 words"):
        Wanted.of({"q": "a" * 201})
    with pytest.raises(Invalid):
        Wanted.of({"q": " ".join("abcdefghijk")})
    assert Wanted.of({"q": "\x00a", "password": "x", "status": None}) == Wanted(q="a")


def test_who_keeps_a_view_finds_the_filters_again(cast):
    kept = views.save(cast.dataset, name=" Failed ", wanted=Wanted(check="numbers", q="猫"), by=cast.efe)
    assert (kept.name, kept.wanted, kept.shared) == ("Failed", {"check": "numbers", "q": "猫"}, False)
    assert Wanted.of(kept.wanted) == Wanted(check="numbers", q="猫")
    again = views.save(cast.dataset, name="Failed", wanted=Wanted(status="new"), shared=True, by=cast.efe)
    assert (again.pk, SavedView.objects.count()) == (kept.pk, 1)
    assert list(Event.objects.filter(subject=f"savedview:{kept.pk}").values_list("verb", flat=True)) == ["save_view"] * 2


def test_a_view_is_its_owners_and_a_shared_one_the_managers_too(cast):
    own = views.save(cast.dataset, name="Own", wanted=Wanted(status="new"), by=cast.efe)
    shared = views.save(cast.dataset, name="Shared", wanted=Wanted(status="new"), shared=True, by=cast.efe)
    of_ada = views.save(cast.dataset, name="Ada's", wanted=Wanted(status="new"), shared=True, by=cast.ada)
    for view, who in ((own, cast.ada), (of_ada, cast.efe), (shared, cast.bola), (shared, cast.olu)):
        with pytest.raises(Refused):
            views.drop(view, by=who)
    views.drop(own, by=cast.efe)
    views.drop(shared, by=cast.ada)
    assert SavedView.objects.get() == of_ada


def test_views_that_say_nothing_or_are_too_many_are_refused(cast, monkeypatch):
    for name, wanted in ((" ", Wanted(q="a")), ("All", Wanted()), ("x" * 81, Wanted(q="a")), ("a\x00", Wanted(q="a"))):
        with pytest.raises(Invalid):
            views.save(cast.dataset, name=name, wanted=wanted, by=cast.ada)
    with pytest.raises(Refused):
        views.save(cast.dataset, name="Mine", wanted=Wanted(q="a"), by=cast.bola)
    monkeypatch.setattr(views, "MOST", 1)
    views.save(cast.dataset, name="One", wanted=Wanted(q="a"), by=cast.ada)
    with pytest.raises(Conflict):
        views.save(cast.dataset, name="Two", wanted=Wanted(q="a"), by=cast.ada)
    views.save(cast.dataset, name="One", wanted=Wanted(q="b"), by=cast.ada)


def test_reading_for_the_search_stays_within_one_dataset(many):
    browsing.page(reader(many), Wanted(q="neno"), after=0, most=4)
    assert search_index.waiting(many.dataset.pk, 100) == 0 and search_index.waiting(many.other.pk, 100) == 1
