"""Where a release's files are, and what they are called."""

import re
import shutil
import tomllib
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from annotation.schema import Kind, Schema
from pipelines.exporters import Columns
from pipelines.models import Release

SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"
CARD = "README.md"
SCHEMA = "schema.json"
# What the selections a release was made by left out, and why; only where there was one.
REJECTED = "rejected.jsonl"
# What every row has besides the fields of its kind.
COLUMNS = ("id", "key", "lang", "split")


def folder(release: Release) -> Path:
    """The folder of a built release; there is none before its first build."""
    return settings.DRAGOMAN_HOME / "releases" / release.dataset.slug / release.version


def workshop(release: Release, run_id: int) -> Path:
    """Where one run puts the files together, on the same disk, so that one rename brings them to their place."""
    final = folder(release)
    return final.with_name(f".{final.name}.building-{run_id}")


def sweep_up(release: Release) -> None:
    """Remove what builds of this release leave beside its folder."""
    final = folder(release)
    for old in final.parent.glob(f".{final.name}.*-*"):
        shutil.rmtree(old, ignore_errors=True)


def safe(name: str) -> str:
    """A kind's or split's name as it stands in paths and configs: letters, digits and underscores only."""
    return re.sub(r"\W", "_", name, flags=re.ASCII)


def data_path(kind: str, language: str, split: str, suffix: str) -> str:
    """The path of one data file inside the release's folder."""
    return f"data/{safe(kind)}/{language}/{safe(split)}.{suffix}"


def provenance_path(language: str) -> str:
    """The path of one language's provenance inside the release's folder."""
    return f"provenance/{language}.jsonl"


def config_name(kind: str, language: str) -> str:
    """What ``load_dataset(folder, …)`` calls one kind in one language."""
    return f"{safe(kind)}_{language}"


def only_text(kind: Kind) -> str | None:
    """The name of a kind's field when it is one text and nothing else: a reference to it becomes that text."""
    texts = [name for name, field in kind.fields.items() if field.type == "text"]
    return texts[0] if texts and len(kind.fields) == 1 else None


def columns(schema: Schema, kind: str) -> Columns:
    """The columns of a kind's rows in a release, in order, with its references resolved."""
    found: Columns = dict.fromkeys(COLUMNS, "string")
    for name, field in schema.kind(kind).fields.items():
        found[name] = field.type
        if field.type == "ref":
            target = schema.kind(field.kind or "")
            found[name] = "text" if only_text(target) else {inner: it.type for inner, it in target.fields.items()}
    return found


@lru_cache
def dragoman_version() -> str:
    """Our own version, as pyproject.toml says it: part of every manifest and of every score's signature."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["version"]
