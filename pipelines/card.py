"""The dataset card: what a release is, how it was made and what it must not be taken for, written from facts."""

from annotation.accuracy import wilson
from annotation.schema import Schema
from core.languages import language
from pipelines.facts import Facts, recorded
from pipelines.front_matter import front_matter
from pipelines.layout import REJECTED, SUMS, config_name
from pipelines.models import Release

SIMULATED = (
    "> **SIMULATED CROWD.** The crowd of this release is, wholly or in part, a program of known skill and not people:"
    " do not take its texts for verified. It shows how the software works and is no benchmark."
)
RECORDED = (
    "> **RECORDED drafts.** Some texts began as drafts played back from a transcript that was written beforehand,"
    " not as the answers of a live model."
)
DECISIONS = {
    "accept": "accepted",
    "edited and accepted": "edited and accepted",
    "redo": "sent back",
    "reject": "rejected",
}
VERDICTS = ("ok", "warn", "fail", "abstain")
ORIGINS = ("machine", "recorded", "localised", "imported", "post-edited", "human")


def card(release: Release, schema: Schema, facts: Facts) -> str:
    """README.md of a release."""
    parts = [
        f"# {release.terms['name']}",
        *([SIMULATED] if release.terms["simulated"] else []),
        *([RECORDED] if recorded(facts) else []),
        release.terms["description"].strip(),
        *_what(release, schema, facts),
        *_selection(release),
        *_origins(release, facts),
        *_machines(facts),
        *_round_trip(release),
        *_audit(release),
        *_people(release, facts),
        *_limitations(release, facts),
        *_use(release, facts),
    ]
    return front_matter(release, schema, facts) + "\n" + "\n\n".join(part for part in parts if part) + "\n"


def _table(head: list[str], rows: list[list[object]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _named(tag: str) -> str:
    return f"{language(tag).name} ({tag})"


def _what(release: Release, schema: Schema, facts: Facts) -> list[str]:
    source, tags = release.terms["source_language"], release.terms["languages"]
    places = sorted({(kind, split) for kind, _, split in facts["rows"]})
    rows = [[_named(tag), *(facts["rows"].get((kind, tag, split), 0) for kind, split in places)] for tag in (source, *tags)]
    kinds = [kind for kind in schema.released if any(kind == at for at, _ in places)]
    fields = "\n".join(f"* `{kind}`: {', '.join(f'`{name}`' for name in schema.kind(kind).fields)}" for kind in kinds)
    return [
        "## What it is",
        f"Version {release.version}: records in {_named(source)} and their translations into"
        f" {', '.join(map(_named, tags))}. A record has the same `id` in every language; rows by language:",
        _table(["language", *(f"{kind}, {split}" for kind, split in places)], rows),
        "Every row has `id`, `key`, `lang` and `split`, and the fields of its kind:",
        fields,
    ]


def _selection(release: Release) -> list[str]:
    """By which rules its records were chosen."""
    if not (chain := release.terms.get("selection")):
        return []
    rows: list[list[object]] = [[one["name"], f"`{one['signature']}`", one["kept"], one["rejected"]] for one in chain]
    return [
        "## Which records were taken",
        f"Records were chosen by these rules, one after the other; `{REJECTED}` lists each that was left out, and why.",
        _table(["selection", "rule", "kept", "rejected"], rows),
    ]


def _origins(release: Release, facts: Facts) -> list[str]:
    tags = release.terms["languages"]
    shown = [origin for origin in ORIGINS if any(facts["origins"].get((tag, origin)) for tag in tags)]
    rows: list[list[object]] = []
    for tag in tags:
        total = sum(number for (at, _), number in facts["origins"].items() if at == tag)
        checked = facts["experts"].get((tag,), 0)
        share = f"{checked} ({100 * checked / total:.0f} %)" if total else "0"
        rows.append([_named(tag), total, *(facts["origins"].get((tag, origin), 0) for origin in shown), share])
    accepted = "accepted by a simulated expert" if release.terms["simulated"] else "accepted by an expert or manager"
    return [
        "## Where the texts come from",
        "A text that stands in several rows is translated and counted once; its origin is that of its last wording.",
        _table(["language", "texts", *shown, accepted], rows),
    ]


def _machines(facts: Facts) -> list[str]:
    makers = [f"* `{signature}`" for (signature,) in facts["makers"]]
    drafts = ", ".join(f"{number} {origin}" for (origin,), number in facts["drafts"].items())
    names = sorted({check for check, verdict in facts["findings"] if verdict in VERDICTS})
    rows: list[list[object]] = [[name, *(facts["findings"].get((name, v), 0) for v in VERDICTS)] for name in names]
    made = [f"* {_named(tag)}: {number} by `{step}`" for (tag, step), number in facts["made"].items()]
    return [
        "## How it was made",
        *(["Records that a machine made of others of this dataset, and no translations:", "\n".join(made)] if made else []),
        f"Candidate texts on the way to the released ones: {drafts or 'none'}.",
        *(["Models and prompts, by signature:", "\n".join(makers)] if makers else []),
        *(["What the automatic checks said of them:", _table(["check", *VERDICTS], rows)] if rows else []),
    ]


def _round_trip(release: Release) -> list[str]:
    """What the last round-trip report said of the release's languages when it was frozen."""
    if not (found := release.gate.get("round_trip")):
        return []
    columns = ("n", "low", "q1", "median", "q3", "high")
    rows: list[list[object]] = [[_named(box["name"]), box["family"], *(box[one] for one in columns)] for box in found["boxes"]]
    recorded = " The answers were recordings and measure no live model." if found["recorded"] else ""
    return [
        f"How much of a sample of sources came back after translation there and back by `{found['provider']}`, in chrF++ (0 to 100;"
        f" a lost “not” comes back almost whole, so this says where a model is weak and not where it is right).{recorded}",
        _table(["language", "family", "sources", "lowest", "lower quartile", "median", "upper quartile", "highest"], rows),
        "\n".join(f"* `{one}`" for one in found["signature"]),
    ]


def _audit(release: Release) -> list[str]:
    """What people found wrong among drafts that every check had let pass."""
    rows: list[list[object]] = []
    for tag, one in release.gate.get("audit", {}).items():
        missed = wilson(one["wrong"], one["judged"])
        share = f"{missed.share:.1%} ({missed.low:.1%} to {missed.high:.1%})" if one["judged"] else "not known yet"
        rows.append([_named(tag), one["audited"], one["judged"], one["wrong"], share])
    if not rows:
        return []
    return [
        "What the automatic checks miss: of the drafts all of them had let pass, a random share went to people all the same. With"
        " Wilson's 95 % interval, and counting rejected drafts, which are no part of the release:",
        _table(["language", "audited", "judged", "found wrong", "miss rate"], rows),
    ]


def _people(release: Release, facts: Facts) -> list[str]:
    if not facts["campaigns"]:
        return ["No person worked on these texts through a campaign."]
    about = {campaign["slug"]: campaign for campaign in release.terms["campaigns"]}
    campaigns = [
        f"* {about.get(slug, {}).get('name', slug)} (`{slug}`), stage {stage}: {number} answers"
        for (slug, stage), number in facts["campaigns"].items()
    ]
    simulated = "simulated " if release.terms["simulated"] else ""
    people = ", ".join(f"{n} {simulated}{role}{'s' * (n != 1)}" for (role,), n in facts["people"].items())
    tags = [tag for tag in release.terms["languages"] if any(at == tag for at, _ in facts["decisions"])]
    rows: list[list[object]] = [[_named(t), *(facts["decisions"].get((t, d), 0) for d in DECISIONS)] for t in tags]
    return [
        f"People, known here by pseudonym only: {people}.",
        "\n".join(campaigns),
        *(["What verification decided:", _table(["language", *DECISIONS.values()], rows)] if rows else []),
        "`provenance/` tells for every row how each of its texts came to be.",
    ]


def _limitations(release: Release, facts: Facts) -> list[str]:
    found = ["* These are translations: they carry the source's world view, and the wording of translated text."]
    if release.terms["minimum"] == "drafted":
        found.append("* Texts that nobody has verified are part of it, on purpose; see the table above.")
    for tag in release.terms["languages"]:
        missing = sum(sum(kind["missing"].values()) for kind in release.gate["languages"][tag].values())
        if missing:
            found.append(f"* {_named(tag)} lacks {missing} of the records: their texts were not ready.")
    if release.terms["simulated"]:
        found.append("* The crowd is simulated: its texts prove nothing about the languages.")
    if recorded(facts):
        found.append("* Some drafts are recordings, so nothing here measures a translation model.")
    return ["## Limitations", "\n".join(found)]


def _use(release: Release, facts: Facts) -> list[str]:
    slug, tag = release.dataset.slug, release.terms["languages"][0]
    kind = next(kind for kind, at, _ in facts["rows"] if at == tag)
    cited = f"{slug}_{release.version}".replace("-", "_").replace(".", "_").replace("+", "_")
    call = f'load_dataset("<this folder>", "{config_name(kind, tag)}")'
    return [
        "## How to load it",
        f"```python\nfrom datasets import load_dataset\n\n{call}\n```",
        f"## Files\n\n`manifest.json` lists them with size and SHA-256; `sha256sum -c {SUMS}` checks them all, offline.",
        f"## Licence\n\n{release.terms['licence']}",
        "## Citation",
        f"```bibtex\n@misc{{{cited},\n  title = {{{release.terms['name']}}},\n  version = {{{release.version}}},\n"
        f"  year = {{{release.created:%Y}}},\n  note = {{Release made with Dragoman}}\n}}\n```",
    ]
