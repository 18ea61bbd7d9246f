"""Releases: what is missing, freezing the rows, building the files, publishing, withdrawing."""

import json
import re
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from annotation import policies
from annotation.models import Dataset, Selection, Submission
from core.errors import Conflict, Invalid
from core.events import record
from core.hashing import file_digest
from core.models import User
from core.policy import require
from core.told import joined, told
from core.transactions import patient
from pipelines import freezing, round_trips, rule_quality
from pipelines.actions import runs, selections
from pipelines.gate import gate, terms
from pipelines.jobs.build import Build
from pipelines.layout import folder, sweep_up
from pipelines.models import Release, Run

__all__ = ["build", "folder", "freeze", "gate", "publish", "verify_files", "yank"]

# https://semver.org, without a leading v.
NUMBER = r"(0|[1-9]\d*)"
SEMVER = re.compile(
    rf"{NUMBER}\.{NUMBER}\.{NUMBER}(-({NUMBER}|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.({NUMBER}|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?",
    re.ASCII,
)


def freeze(
    dataset: Dataset, version: str, *, languages: Iterable[str] = (), minimum: str = "verified", selection: str = "", by: User | None
) -> Release:
    """Copy every row that is ready into a new release; what happens to the dataset afterwards does not change it.

    With a selection, named, only what that kept; rows are in the splits that it drew.
    """
    require(policies.build_release(by, dataset))
    if len(version) > 40 or not SEMVER.fullmatch(version):
        raise Invalid(told(
            "{version!r} is no version: write three numbers, such as 0.1.0.",
            version=version,
        ), {"version": told("is no version")})
    tags, minimum = terms(dataset, languages, minimum)
    chosen = selections.named(dataset, selection) if selection else None
    asked = {"languages": tags, "minimum": minimum} | ({"selection": _named(chosen)} if chosen else {})
    with transaction.atomic():
        release = _new(dataset, version, asked | _described(dataset), by)
        # What the machines were found to be at this moment; the rows alone do not tell it, for rejected ones are not among them.
        release.gate = freezing.copy_rows(release, chosen) | {
            "audit": rule_quality.missed(dataset, tags),
            "round_trip": round_trips.of_languages(dataset, tags),
        }
        if problems := release.gate["problems"]:
            raise Conflict(joined(problems))
        release.save(update_fields=["gate"])
        chosen_by = {"selection": selection} if selection else {}
        record("freeze", release, by=by, data={"version": version, "languages": tags, "minimum": minimum} | chosen_by)
    return release


def _named(selection: Selection) -> list[dict[str, Any]]:
    """The selection and those it was made among, the first one first: what each was made by, kept and rejected."""
    earlier = _named(selection.among) if selection.among else []
    kept = selection.rows.filter(kept=True).count()
    counts = {"kept": kept, "rejected": selection.rows.count() - kept}
    return [*earlier, {"name": selection.slug, "signature": selection.signature, "kinds": selection.kinds, **counts}]


def _new(dataset: Dataset, version: str, asked: dict[str, Any], by: User | None) -> Release:
    try:
        with transaction.atomic():
            return Release.objects.create(dataset=dataset, version=version, terms=asked, created_by=by)
    except IntegrityError:
        raise Conflict(told(
            "{slug} {version} is there already: choose a higher version.",
            slug=dataset.slug, version=version,
        )) from None


def _described(dataset: Dataset) -> dict[str, Any]:
    """What the card says of the dataset, as it is now. The schema stays text: jsonb forgets the order of fields."""
    used = Submission.objects.filter(assignment__campaign__dataset=dataset).values("assignment__campaign")
    campaigns = dataset.campaigns.filter(pk__in=used).order_by("slug")
    imports = dataset.runs.filter(job__name="import_file").values_list("job__params__importer__name", flat=True)
    return {
        "name": dataset.name,
        "description": dataset.description,
        "licence": dataset.licence,
        "source_language": dataset.source_language,
        "schema": json.dumps(dataset.schema, ensure_ascii=False, indent=2),
        "simulated": dataset.simulated,
        "imported_as": sorted({name for name in imports if name}),
        "campaigns": [
            {
                "slug": campaign.slug,
                "name": campaign.name,
                "task_type": campaign.task_type["name"],
                "verify_type": campaign.verify_type.get("name", ""),
                "verification": campaign.get_verification_display(),
                "overlap": campaign.overlap,
            }
            for campaign in campaigns
        ],
    }


def build(release: Release, *, by: User | None) -> Run:
    """Start writing the release's files, or the run that is at it. Building again gives the same bytes."""
    require(policies.build_release(by, release.dataset))
    with transaction.atomic():
        locked = Release.objects.select_for_update().get(pk=release.pk)
        if not Release.flow.allows(locked, "build"):
            raise Conflict(told(
                "{release} is {status} and never changes: make a new version.",
                release=release, status=told(locked.get_status_display()),
            ))
        job = Build(release=release.pk)
        if under_way := Run.objects.filter(job=job.spec(), status=Run.Status.RUNNING).first():
            return under_way
        sweep_up(release)
        return runs.start(release.dataset, job, by=by)


def publish(release: Release, *, by: User | None) -> None:
    """Open the files to everybody, for good; refused when they are not the ones that were built."""
    require(policies.publish(by, release.dataset))
    with patient():  # every file is read from the first byte to the last
        locked = Release.objects.select_for_update().get(pk=release.pk)
        if locked.status == Release.Status.BUILT and (problems := verify_files(locked)):
            raise Conflict(told(
                "{release} cannot be published: {problems} Build it again.",
                release=release, problems=" ".join(problems[:3]),
            ))
        Release.flow.move(release, "publish", by=by)


def yank(release: Release, *, reason: str, by: User | None) -> None:
    """Withdraw a published release: it stays listed, with the reason, but its files are no longer handed out."""
    require(policies.publish(by, release.dataset))
    if not reason.strip():
        raise Invalid("Say why it is withdrawn: people who use it will read it.", {"reason": told("is missing")})
    Release.flow.move(release, "yank", by=by, data={"reason": reason})


def verify_files(release: Release) -> list[str]:
    """What is wrong with the files on disk, a sentence each; empty when they are exactly the ones that were built."""
    root = folder(release)
    listed = {file.path: file for file in release.files.all()}
    there = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    problems = [] if listed else [told("It has no files yet.")]
    problems += [told("{path} is missing.", path=path) for path in sorted(listed.keys() - there)]
    problems += [told("{path} is not one of its files.", path=path) for path in sorted(there - listed.keys())]
    for path in sorted(listed.keys() & there):
        if file_digest(root / path) != listed[path].sha256:
            problems.append(told("{path} has been changed.", path=path))
    return problems
