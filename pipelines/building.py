"""Writing a release's files: from the frozen rows alone, in a fixed order, so that every build gives the same bytes."""

import json
import os
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db.models.functions import Collate

from annotation.models import Selected
from annotation.schema import Schema
from core.hashing import digest, file_digest
from pipelines.card import card
from pipelines.exporters import exporters
from pipelines.facts import Facts, facts, recorded, row_counts
from pipelines.layout import (
    CARD,
    MANIFEST,
    REJECTED,
    SCHEMA,
    SUMS,
    columns,
    data_path,
    dragoman_version,
    folder,
    provenance_path,
)  # fmt: skip
from pipelines.models import Release

# What the bytes of the files depend on besides the rows.
TOOLS = ("pyarrow", "pyyaml", "langcodes", "language_data")
Part = dict[str, str]


def schema_of(release: Release) -> Schema:
    """The dataset's schema as it was when the release was frozen."""
    return Schema.parse(json.loads(release.terms["schema"]))


def parts(release: Release) -> Iterator[Part]:
    """The files that hold rows: data by kind, language, split and format, and one provenance file a language."""
    places = release.items.order_by("kind", "language", "split").values_list("kind", "language", "split").distinct()
    for kind, language, split in places:
        for name in exporters.all:
            yield {"kind": kind, "language": language, "split": split, "format": name}
    for language in sorted({language for _, language, _ in places}):
        yield {"language": language}


def path_of(part: Part) -> str:
    """The path of a part inside the release's folder."""
    if "format" not in part:
        return provenance_path(part["language"])
    return data_path(part["kind"], part["language"], part["split"], exporters.get(part["format"]).suffix)


def write_part(release: Release, part: Part, root: Path) -> dict[str, Any]:
    """Write one part; its path, bytes and sha256."""
    if "format" in part:
        exporter, schema = exporters.build(part["format"]), schema_of(release)
        rows = _rows(release, kind=part["kind"], language=part["language"], split=part["split"])
        records = (row["record"] for row in rows)
        _write(root / path_of(part), lambda path: exporter.write(records, path, columns(schema, part["kind"])))
    else:
        _write(root / path_of(part), lambda path: _write_provenance(release, part["language"], path))
    return described(root, path_of(part))


def finish(release: Release, root: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write what tells of all the parts; the manifest and every file's path, bytes and sha256.

    A part that is not in `root` is written again: another machine made it, or a build was killed after it had moved it.
    """
    for part in parts(release):
        if not (root / path_of(part)).exists():
            write_part(release, part, root)
    counted, schema = facts(release), schema_of(release)
    data = [described(root, path_of(part)) for part in parts(release)]
    _text(root / SCHEMA, release.terms["schema"] + "\n")
    data.append(described(root, SCHEMA))
    if "selection" in release.terms:
        _write(root / REJECTED, lambda path: _write_rejected(release, path))
        data.append(described(root, REJECTED))
    data.sort(key=lambda file: file["path"].encode())
    _text(root / CARD, card(release, schema, counted))
    files = sorted([*data, described(root, CARD)], key=lambda file: file["path"].encode())
    manifest = _manifest(release, counted, files)
    _text(root / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
    files = sorted([*files, described(root, MANIFEST)], key=lambda file: file["path"].encode())
    _text(root / SUMS, "".join(f"{file['sha256']}  {file['path']}\n" for file in files))
    return manifest, [*files, described(root, SUMS)]


def move_into_place(release: Release, root: Path, run_id: int) -> None:
    """Make the finished folder the release's; it was never seen half full."""
    final = folder(release)
    if final.exists():
        final.rename(final.with_name(f".{final.name}.old-{run_id}"))
    root.rename(final)
    _sync(final.parent)


def described(root: Path, path: str) -> dict[str, Any]:
    """A file's path inside the folder, its bytes and its sha256."""
    return {"path": path, "bytes": (root / path).stat().st_size, "sha256": file_digest(root / path)}


def _rows(release: Release, **where: str) -> Iterator[dict[str, Any]]:
    """Frozen rows in bytewise order of kind, split and key, whatever collation the database has."""
    order = [Collate(name, "C") for name in ("kind", "split", "key")]
    rows = release.items.filter(**where).order_by(*order)
    return rows.values("kind", "split", "key", "cluster", "record", "provenance").iterator(chunk_size=2000)


def _write_provenance(release: Release, language: str, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in _rows(release, language=language):
            line = {
                **{name: row["record"][name] for name in ("id", "key", "lang", "split")},
                "kind": row["kind"],
                "cluster": row["cluster"],
                **row["provenance"],
            }
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _write_rejected(release: Release, path: Path) -> None:
    """What each selection rejected; selections never change, so that every build says the same."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for name in (one["name"] for one in release.terms["selection"]):
            rows = Selected.objects.filter(selection__dataset=release.dataset, selection__slug=name, kept=False)
            rows = rows.order_by(Collate("item__kind", "C"), Collate("item__key", "C"))
            for kind, key, reason in rows.values_list("item__kind", "item__key", "reason").iterator(chunk_size=2000):
                line = {"id": f"{kind}/{key}", "selection": name, "reason": reason}
                file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _manifest(release: Release, counted: Facts, files: list[dict[str, Any]]) -> dict[str, Any]:
    terms = release.terms
    return {
        "dataset": release.dataset.slug,
        "version": release.version,
        "name": terms["name"],
        "licence": terms["licence"],
        "source_language": terms["source_language"],
        "languages": terms["languages"],
        "minimum": terms["minimum"],
        **({"selection": terms["selection"]} if "selection" in terms else {}),
        "frozen_at": release.created.date().isoformat(),
        "schema_sha256": digest(json.loads(terms["schema"])),
        "simulated": terms["simulated"],
        "recorded": recorded(counted),
        "counts": row_counts(counted),
        "gate": release.gate["languages"],
        "made_with": {"dragoman": dragoman_version(), **{tool: version(tool) for tool in TOOLS}},
        "files": files,
    }


def _text(path: Path, text: str) -> None:
    _write(path, lambda draft: draft.write_text(text, encoding="utf-8", newline="\n"))


def _write(path: Path, write: Callable[[Path], Any]) -> None:
    """A whole file or none, read-only and on the disk before it has its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.unlink(missing_ok=True)
    write(draft)
    draft.chmod(0o444)
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
