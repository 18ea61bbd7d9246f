"""The YAML at the head of a dataset card: what the hub files a dataset under, and what `load_dataset` reads."""

from typing import Any

import yaml

from annotation.schema import Kind, Schema
from pipelines.facts import Facts
from pipelines.layout import config_name, data_path, safe
from pipelines.models import Release

# The licence ids the hub knows; any other is "other" with its own name.
LICENCES = frozenset(
    {
        *("apache-2.0", "mit", "bsd-3-clause", "cc", "cc0-1.0", "cc-by-2.0", "cc-by-3.0", "cc-by-4.0"),
        *("cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0"),
        *("cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0"),
        *("gfdl", "gpl-3.0", "lgpl-3.0", "odbl", "odc-by", "pddl", "unlicense", "cdla-permissive-2.0"),
    }
)
SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M")
# Formats that bring a dataset of their own: what is imported as one of the others may come from anywhere.
PUBLISHED_FORMATS = ("xnli",)


def front_matter(release: Release, schema: Schema, facts: Facts) -> str:
    """The block between the two lines of dashes, those included."""
    terms = release.terms
    tags = [terms["source_language"], *terms["languages"]]
    plain = list(dict.fromkeys(tag.partition("-")[0] for tag in tags))
    licence = terms["licence"].lower()
    head: dict[str, Any] = {
        "language": plain,
        **({} if plain == tags else {"language_details": ", ".join(tags)}),
        "license": licence if licence in LICENCES else "other",
        **({} if licence in LICENCES else {"license_name": licence}),
        "pretty_name": terms["name"],
        "annotations_creators": _annotators(terms["simulated"], facts),
        "language_creators": _writers(terms["simulated"], facts),
        "multilinguality": ["translation"],
        "size_categories": [_size(sum(facts["rows"].values()))],
        "source_datasets": [f"extended|{name}" for name in terms["imported_as"] if name in PUBLISHED_FORMATS] or ["original"],
        "task_categories": list(dict.fromkeys(task for name in _kinds(facts) for task in _tasks(schema, name))),
        "tags": ["dragoman", *(["simulated-crowd"] if terms["simulated"] else [])],
        "configs": _configs(facts),
    }
    text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{text}---\n"


def _kinds(facts: Facts) -> list[str]:
    return list(dict.fromkeys(kind for kind, _, _ in facts["rows"]))


def _annotators(simulated: bool, facts: Facts) -> list[str]:
    """Who judged: the crowd, experts, a simulation, or nobody since the source was made."""
    if simulated:
        return ["machine-generated"]
    roles = {role for (role,) in facts["people"]}
    found = [
        *(["crowdsourced"] if "annotator" in roles else []),
        *(["expert-generated"] if roles - {"annotator"} else []),
    ]
    return found or ["found"]


def _writers(simulated: bool, facts: Facts) -> list[str]:
    """Who wrote the texts, by the origins they have; the source texts were found."""
    of = {"machine": "machine-generated", "recorded": "machine-generated", "imported": "found"}
    people = "machine-generated" if simulated else "crowdsourced"
    return sorted({"found", *(of.get(origin, people) for _, origin in facts["origins"])})


def _size(rows: int) -> str:
    return SIZES[min(max(len(str(rows)) - 3, 0), len(SIZES) - 1)]


def _tasks(schema: Schema, name: str) -> list[str]:
    kind: Kind = schema.kind(name)
    if kind.answer is None:
        return ["translation"]
    answer = kind.fields[kind.answer].type
    if answer in ("label", "boolean"):
        return ["text-classification"]
    if answer == "choice":
        return ["multiple-choice"]
    inner = {field.type for target in kind.references.values() for field in schema.kind(target).fields.values()}
    tabular = "table" in inner | {field.type for field in kind.fields.values()}
    return ["table-question-answering" if tabular else "question-answering"]


def _configs(facts: Facts) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, str]]] = {}
    for kind, language, split in facts["rows"]:
        file = {"split": safe(split), "path": data_path(kind, language, split, "parquet")}
        found.setdefault(config_name(kind, language), []).append(file)
    return [{"config_name": name, "data_files": files} for name, files in found.items()]
