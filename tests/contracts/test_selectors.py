"""The contract of every selector: a new file is tested here without a new test."""

import random

import pytest

from pipelines.selectors import Entry, Selector, selectors

WORDS = ["ferry", "carried", "fifteen", "buses", "over", "cold", "river", "while", "nobody", "on", "either", "bank", "looked", "up", "at", "all"]
ALL = [pytest.param(plugin, id=name) for name, plugin in selectors.all.items()]


def made(plugin: type[Selector]) -> Selector:
    return plugin(**plugin.example)


def items(n: int = 60) -> list[Entry]:
    """Items of two labels, in threes that share a text; a few are copies, some lack what a selector may ask for."""
    chance, found = random.Random(3), []
    for at in range(n):
        text = " ".join(chance.choices(WORDS, k=12)) if at % 7 else "fifteen buses over a cold river"
        values = {"kind": "pair", "split": "test", "language": "en", "label": "yes" if at % 3 else "no"}
        right = {f"model{m}": chance.random() < at / n for m in range(at % 9)}
        texts = {"en": text, "sw": text[::-1]} if at % 11 else {}
        found.append(Entry(f"pair/p{at}", "en", at // 3, values, texts, chance.random() if at % 5 else None, right))
    return found


@pytest.mark.parametrize("plugin", ALL)
def test_every_item_gets_a_choice_and_every_reject_its_reason(plugin):
    choices = made(plugin).select(items())
    assert len(choices) == 60
    assert any(one.kept for one in choices)
    for one in choices:
        assert one.kept != bool(one.reason)
        assert len(one.bucket) <= 60 and len(one.split) <= 40 and len(one.reason) <= 300


@pytest.mark.parametrize("plugin", ALL)
def test_the_same_items_give_the_same_choices(plugin):
    assert made(plugin).select(items()) == made(plugin).select(items())


@pytest.mark.parametrize("plugin", ALL)
def test_of_no_items_none_is_chosen(plugin):
    assert made(plugin).select([]) == []


@pytest.mark.parametrize("plugin", ALL)
def test_items_of_which_nothing_is_known_are_no_error(plugin):
    bare = [Entry(f"pair/{at}", "en", at) for at in range(5)]
    assert all(one.kept != bool(one.reason) for one in made(plugin).select(bare))


@pytest.mark.parametrize("plugin", ALL)
def test_what_is_read_is_what_is_said_to_be_read(plugin):
    """A selector that looked at what it does not name would see nothing there in a real dataset."""
    names = {"texts": {"texts": {}}, "scores": {"score": None}, "answers": {"right": {}}, "groups": {"group": 0}}
    unread = {k: v for name, change in names.items() if name not in plugin.reads for k, v in change.items()}
    fields = Entry.__slots__
    blind = [Entry(**({name: getattr(one, name) for name in fields} | unread)) for one in items()]
    assert made(plugin).select(blind) == made(plugin).select(items())
