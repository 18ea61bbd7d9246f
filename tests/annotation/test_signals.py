"""Signals stand out where somebody spams, copies or colludes, and rarely where people are only good, bad or alike."""

from dataclasses import fields, replace

import numpy as np
import pytest

from annotation import signals
from annotation.signals import Answers

PEOPLE, TASKS, LABELS, VOTES = 30, 400, 3, 5
HOURS = 3600.0


def crowd(seed=1, skill=0.8, people=PEOPLE, tasks=TASKS) -> tuple[Answers, np.ndarray]:
    """Honest answers, five to a task, at times of their own over a week, and the truth of every task; a machine is right in 70 %."""
    dice = np.random.default_rng(seed)
    truth = dice.integers(LABELS, size=tasks)
    task = np.repeat(np.arange(tasks), VOTES)
    person = np.concatenate([dice.permutation(people)[:VOTES] for _ in range(tasks)])
    label = flip(dice, truth[task], skill)
    machine = flip(dice, truth, 0.7)[task]
    characters = dice.integers(30, 200, size=tasks)[task].astype(float)
    pace = np.exp(dice.normal(0, 0.3, size=people))[person] * np.exp(dice.normal(0, 0.4, size=len(task)))
    at = dice.uniform(0, 168 * HOURS, size=len(task))
    return Answers(task, person, label, machine, 0.2 * characters * pace, characters, at, dice.random(len(task)) < 0.1), truth


def flip(dice, right, skill):
    other = (right + dice.integers(1, LABELS, size=len(right))) % LABELS
    return np.where(dice.random(len(right)) < skill, right, other)


def changed(answers, person, **columns):
    """The same answers, but for what one person does."""
    mine = answers.person == person
    return replace(answers, **{name: np.where(mine, value, getattr(answers, name)) for name, value in columns.items()})


def accused(found, name):
    return {who for one in found if one.name == name for who in (one.person, one.other) if who is not None}


@pytest.mark.parametrize("skill", [0.6, 0.8, 0.95])
def test_of_honest_people_hardly_anybody_is_named(skill):
    """Six hundred people in twenty campaigns; each of three signals may be wrong in one campaign of a hundred."""
    assert sum(len(signals.signals(crowd(seed, skill)[0])) for seed in range(20)) <= 2


def test_who_answers_ten_times_as_fast_stands_out_and_reads_the_pace_of_both():
    answers, _truth = crowd()
    [one] = signals.pace(changed(answers, 3, seconds=answers.seconds / 10))
    assert one.person == 3 and 8 < one.expected / one.seen < 13 and 17 < one.expected < 23


def test_a_long_text_takes_longer_and_nobody_is_blamed_for_short_ones():
    answers, _truth = crowd()
    short = np.where(answers.person == 3, 1 / 8, 1)
    assert signals.pace(replace(answers, seconds=answers.seconds * short, characters=answers.characters * short)) == []


def test_who_always_says_the_same_stands_out():
    answers, _truth = crowd()
    found = signals.sameness(changed(answers, 3, label=0))
    assert accused(found, "sameness") == {3} and found[0].seen == 1 and found[0].expected < 0.4


def test_who_pastes_most_of_their_answers_stands_out():
    answers, _truth = crowd()
    [one] = signals.pasting(changed(answers, 3, pasted=True))
    assert (one.name, one.person, one.seen) == ("pasting", 3, 1) and 0.05 < one.expected < 0.15


def test_where_everybody_pastes_nobody_stands_out():
    answers, _truth = crowd()
    assert signals.pasting(replace(answers, pasted=np.ones_like(answers.pasted))) == []


def test_who_always_says_what_everybody_mostly_says_does_not():
    answers, truth = crowd()
    skewed = replace(answers, label=np.where(truth[answers.task] < 3, 0, 1))
    assert signals.sameness(skewed) == []


def test_who_writes_one_text_for_many_tasks_stands_out_among_texts():
    answers, _truth = crowd()
    texts = replace(answers, label=np.arange(len(answers.task)), machine=np.full(len(answers.task), -1))
    assert signals.sameness(texts) == []
    assert accused(signals.sameness(changed(texts, 3, label=7)), "sameness") == {3}


def test_who_copies_the_machine_stands_out_and_who_is_skilled_does_not():
    answers, truth = crowd()
    copied = changed(answers, 3, label=answers.machine)
    assert accused(signals.copying(copied), "copying") == {3}
    skilled = changed(answers, 3, label=truth[answers.task])
    assert (skilled.label == skilled.machine)[skilled.person == 3].mean() > 0.65
    assert signals.copying(skilled) == []


def test_without_a_machine_nobody_copies_it():
    answers, _truth = crowd()
    assert signals.copying(replace(answers, machine=np.full(len(answers.task), -1))) == []


RING = {PEOPLE, PEOPLE + 1, PEOPLE + 2}


def ring(answers, seed, *, apart=0.0):
    """Three more take the same forty tasks, one after the other, and answer as the first of them guesses."""
    dice = np.random.default_rng([7, seed])  # another stream than the truth's
    task = np.repeat(np.arange(40), 3)
    person, guess = np.tile(sorted(RING), 40), dice.integers(LABELS, size=40)[task]
    at = np.repeat(dice.uniform(0, 168 * HOURS, size=40), 3) + person * (60.0 + apart)
    first = np.searchsorted(answers.task, task)
    more = Answers(task, person, guess, answers.machine[first], answers.seconds[first], answers.characters[first], at, answers.pasted[first])
    return Answers(*(np.concatenate([getattr(one, field.name) for one in (answers, more)]) for field in fields(Answers)))


@pytest.mark.parametrize("seed", range(5))
def test_a_ring_that_shares_its_guesses_stands_out_and_nobody_else_does(seed):
    found = signals.collusion(ring(crowd(seed)[0], seed))
    assert len(found) == 3 and accused(found, "collusion") == RING


def test_the_same_answers_days_apart_are_no_collusion():
    """The control twin: without the shared time there is no signal."""
    assert signals.collusion(ring(crowd()[0], 1, apart=30 * HOURS)) == []


def test_two_who_are_right_together_are_no_ring():
    answers, truth = crowd()
    both = np.isin(answers.person, [1, 2])
    together = replace(answers, label=np.where(both, truth[answers.task], answers.label), at=np.zeros(len(answers.at)))
    assert signals.collusion(together) == []


def test_two_who_always_say_the_same_for_themselves_are_no_ring():
    answers, _truth = crowd()
    answers = replace(changed(changed(answers, 1, label=0), 2, label=0), at=np.zeros(len(answers.at)))
    assert signals.collusion(answers) == []


def test_two_who_copy_the_machine_are_not_called_a_ring():
    answers, _truth = crowd()
    both = np.isin(answers.person, [1, 2])
    answers = replace(answers, label=np.where(both, answers.machine, answers.label), at=np.zeros(len(answers.at)))
    assert signals.collusion(answers) == [] and accused(signals.copying(answers), "copying") == {1, 2}


def test_texts_are_not_searched_for_rings():
    answers, _truth = crowd()
    assert signals.collusion(replace(answers, label=np.arange(len(answers.task)))) == []


def test_nothing_gives_no_signal():
    none = np.zeros(0, dtype=int)
    assert signals.signals(Answers(none, none, none, none, none, none, none, none)) == []
    few = crowd(tasks=2)[0]
    assert signals.signals(few) == []


def test_the_tail_is_the_exact_one():
    assert signals._binomial(8, 10, 0.5) == pytest.approx(56 / 1024)
