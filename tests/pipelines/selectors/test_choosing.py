"""Panel, tertiles, clusters and splits: each does what its parameters say."""

from collections import Counter

import pytest
from pydantic import ValidationError

from pipelines.selectors import Entry
from pipelines.selectors.clusters import Clusters
from pipelines.selectors.panel import Panel
from pipelines.selectors.splits import Splits
from pipelines.selectors.tertiles import Tertiles


def answered(*right: int, of: int = 11) -> list[Entry]:
    return [Entry(f"q/{at}", "en", right={f"m{m}": m < n for m in range(of)}) for at, n in enumerate(right)]


def test_what_one_to_seven_of_eleven_models_get_right_is_kept():
    chosen = Panel(at_least=1, at_most=7, members=11).select(answered(0, 1, 7, 8, 11))
    assert [one.kept for one in chosen] == [False, True, True, False, False]
    assert chosen[0].reason.startswith("Too hard") and chosen[3].reason == "Too easy: 8 of 11 right, at most 7 are wanted."
    assert chosen[2].bucket == "7 of 11 right"


def test_without_an_upper_bound_only_what_all_get_right_is_too_easy():
    assert [one.kept for one in Panel().select(answered(1, 2, 3, of=3))] == [True, True, False]


def test_a_panel_that_was_too_small_says_nothing():
    assert Panel(members=3).select(answered(1, of=2))[0].reason == "Only 2 of a panel of at least 3 answered it."


def test_a_window_without_room_is_refused():
    with pytest.raises(ValidationError, match="nothing could be kept"):
        Panel(at_least=3, at_most=2)


def scored(*values: float | None) -> list[Entry]:
    return [Entry(f"s/{at}", "en", score=value) for at, value in enumerate(values)]


def test_thirds_are_of_about_the_same_size():
    chosen = Tertiles().select(scored(*range(30)))
    assert [one.bucket for one in chosen] == ["low"] * 10 + ["middle"] * 10 + ["high"] * 10


def test_equal_scores_are_in_one_tertile():
    chosen = Tertiles().select(scored(1, 2, 2, 2, 2, 2, 2, 2, 3))
    assert len({one.bucket for one in chosen[1:8]}) == 1


def test_only_the_wanted_tertile_is_kept_and_what_has_no_score_is_not():
    chosen = Tertiles(by="judge_mqm", keep="high").select(scored(1, 2, 3, None))
    assert [one.kept for one in chosen] == [False, False, True, False]
    assert chosen[0].reason == "Its score by judge_mqm, 1, is in the low tertile."
    assert chosen[3].reason == "It has no score by judge_mqm."


SUBJECTS = {
    "sport": ["The striker scored in the last minute of the match.", "The goalkeeper saved the match in the last minute."],
    "food": ["Boil the rice with salt and a little oil.", "Fry the rice with onions, salt and oil."],
    "law": ["The court of appeal set the judgment aside.", "The judgment of the lower court was appealed."],
}


def texts(copies: int = 4) -> list[Entry]:
    found = []
    for subject, both in SUBJECTS.items():
        for at in range(copies):
            found.append(Entry(f"{subject}/{at}", "en", values={"label": "ab"[at % 2]}, texts={"en": f"{both[at % 2]} {at}"}))
    return found


def test_each_cluster_gives_its_quota():
    chosen = Clusters(clusters=3, quota=2, seed=1).select(texts())
    subjects = [entry.name.split("/")[0] for entry in texts()]
    assert set(Counter((one.bucket, s) for one, s in zip(chosen, subjects, strict=True)).values()) == {4}
    assert Counter(s for one, s in zip(chosen, subjects, strict=True) if one.kept) == dict.fromkeys(SUBJECTS, 2)
    assert next(one.reason for one in chosen if not one.kept).startswith("The quota of 2 was full: cluster ")


def test_the_quota_is_for_each_value_of_a_field_in_each_cluster():
    chosen = Clusters(clusters=3, quota=1, by="label").select(texts())
    kept = Counter((e.name.split("/")[0], e.values["label"]) for e, one in zip(texts(), chosen, strict=True) if one.kept)
    assert kept == {(subject, label): 1 for subject in SUBJECTS for label in "ab"}


def test_another_seed_draws_others_and_the_order_of_items_changes_nothing():
    one, other = (Clusters(clusters=1, quota=4, seed=seed).select(texts()) for seed in (1, 2))
    assert one != other
    turned = Clusters(clusters=1, quota=4, seed=1).select(texts()[::-1])
    assert turned[::-1] == one


def grouped(n: int = 200) -> list[Entry]:
    """Pairs in threes over a shared premise, one in four of them about names."""
    return [
        Entry(f"pair/{at}", "en", at // 3, {"kind": "pair", "genre": "names" if at // 3 % 4 == 0 else "news"}) for at in range(n)
    ]


def test_each_split_has_its_share_of_each_stratum():
    chosen = Splits(by=["genre"], seed=1).select(grouped())
    counts = Counter((e.values["genre"], one.split) for e, one in zip(grouped(), chosen, strict=True))
    for genre in ("names", "news"):
        total = sum(n for (g, _split), n in counts.items() if g == genre)
        for split, share in {"train": 0.8, "dev": 0.1, "test": 0.1}.items():
            assert abs(counts[genre, split] - share * total) <= 3


def test_items_that_share_a_text_are_never_on_both_sides():
    splits: dict[int, set[str]] = {}
    for entry, one in zip(grouped(), Splits(seed=5).select(grouped()), strict=True):
        splits.setdefault(entry.group, set()).add(one.split)
    assert all(len(there) == 1 for there in splits.values())


def test_drawn_one_by_one_the_same_items_would_leak():
    """The control: without groups a premise is on both sides."""
    alone = [Entry(e.name, "en", at, e.values) for at, e in enumerate(grouped())]
    splits: dict[int, set[str]] = {}
    for entry, one in zip(grouped(), Splits(seed=5).select(alone), strict=True):
        splits.setdefault(entry.group, set()).add(one.split)
    assert any(len(there) > 1 for there in splits.values())


def test_the_draw_depends_on_the_seed_and_not_on_the_order_of_items():
    first, again = Splits(seed=1).select(grouped()), Splits(seed=1).select(grouped()[::-1])[::-1]
    assert first == again != Splits(seed=2).select(grouped())


def test_shares_below_one_draw_a_sample():
    chosen = Splits(shares={"test": 0.25}).select([Entry(f"s/{at}", "en", at) for at in range(100)])
    assert sum(one.kept for one in chosen) == 25
    assert {one.reason for one in chosen if not one.kept} == {"Not drawn: the shares leave a part of the items out."}


@pytest.mark.parametrize("shares", [{"train": 0.9, "test": 0.2}, {"a-b": 0.5}, {"train": 0}, {}])
def test_shares_that_cannot_be_are_refused(shares):
    with pytest.raises(ValidationError):
        Splits(shares=shares)
