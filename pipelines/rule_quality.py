"""How good the machines' rules are: how often each fired, and how often people agreed with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from annotation.accuracy import Accuracy, wilson
from annotation.human_verdicts import wrong
from annotation.models import Dataset, Finding, Translation
from pipelines.models import Run, RunItem

CLAIMS = ("warn", "fail")
"""Verdicts that say that something is wrong: only these can be right or wrong about it."""


@dataclass(frozen=True)
class Rule:
    """One verdict of one check on the drafts of a run, beside what people said of the same drafts."""

    check: str
    verdict: str
    fired: int
    judged: int
    """Of these, on so many people have the last word already."""
    precision: Accuracy | None
    """Of those people judged, the share they found wrong, with Wilson's interval; None where the verdict claims nothing."""
    recall: Accuracy | None
    """Of all drafts of the run that people found wrong, the share on which it fired."""

    @property
    def shares(self) -> tuple[Accuracy | None, Accuracy | None]:
        return self.precision, self.recall


@dataclass(frozen=True)
class Quality:
    """Every rule of a run, what its random audit found, and how often its judge took a choice back."""

    drafts: int
    judged: int
    wrong: int
    rules: list[Rule]
    audited: int
    missed: Accuracy
    """Of the audited drafts people have judged, those they found wrong: what all the checks together miss."""
    flips: Accuracy | None
    """Of its choices between two texts, those a judge took back when they changed places; None where none was asked for."""

    @property
    def claims(self) -> list[Rule]:
        """The rules that said something against a draft."""
        return [rule for rule in self.rules if rule.verdict in CLAIMS]

    @property
    def others(self) -> list[Rule]:
        """What the checks let pass, measured or abstained from."""
        return [rule for rule in self.rules if rule.verdict not in CLAIMS]


def of_run(run: Run) -> Quality:
    """The rules of a drafting run, by the drafts it left; the database counts, a row a check and verdict comes back."""
    drafts = _drafts(run)
    texts = Translation.objects.filter(pk__in=drafts).annotate(wrong=wrong())
    whole = texts.aggregate(**_counts())
    rows = (
        Finding.objects.filter(translation__in=drafts)
        .annotate(wrong=wrong("translation"))
        .order_by()
        .values("check_name", "verdict")
        .annotate(**_counts())
        .order_by("check_name", "verdict")
    )
    rules = [_rule(row, whole["bad"]) for row in rows]
    return Quality(whole["fired"], whole["judged"], whole["bad"], rules, *_audit(texts), _flips(rules))


def missed(dataset: Dataset, languages: Iterable[str]) -> dict[str, dict[str, int]]:
    """What the audits found in each language that had any: drafts audited, those people have judged, and those found wrong."""
    texts = Translation.objects.filter(unit__item__dataset=dataset, unit__language__in=list(languages), made_by__audit=True)
    rows = texts.annotate(wrong=wrong()).order_by().values("unit__language").annotate(**_counts()).order_by("unit__language")
    return {row["unit__language"]: {"audited": row["fired"], "judged": row["judged"], "wrong": row["bad"]} for row in rows}


def _drafts(run: Run) -> QuerySet[RunItem]:
    """The texts that the run made their units' drafts."""
    done = run.items.filter(status=RunItem.Status.DONE, result__has_key="translation").exclude(result__route="overtaken")
    return done.annotate(text=Cast(KT("result__translation"), BigIntegerField())).values("text")


def _counts() -> dict[str, Any]:
    return {
        "fired": Count("pk"),
        "judged": Count("pk", filter=Q(wrong__isnull=False)),
        "bad": Count("pk", filter=Q(wrong=True)),
    }


def _rule(row: dict[str, Any], bad: int) -> Rule:
    known = row["verdict"] in CLAIMS and row["judged"]
    return Rule(
        row["check_name"],
        row["verdict"],
        row["fired"],
        row["judged"],
        wilson(row["bad"], row["judged"]) if known else None,
        wilson(row["bad"], bad) if row["verdict"] in CLAIMS and bad else None,
    )


def _audit(texts: QuerySet[Translation]) -> tuple[int, Accuracy]:
    found = texts.filter(made_by__audit=True).aggregate(**_counts())
    return found["fired"], wilson(found["bad"], found["judged"])


def _flips(rules: list[Rule]) -> Accuracy | None:
    chosen = [rule for rule in rules if rule.check == "judge_pairwise"]
    asked = sum(rule.fired for rule in chosen)
    return wilson(sum(rule.fired for rule in chosen if rule.verdict == "abstain"), asked) if asked else None
