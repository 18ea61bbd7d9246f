"""`manage.py release`: freeze, build and, when asked, publish one version of a dataset, and copy its files out."""

import shutil
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from core.errors import Conflict, DragomanError, Invalid
from core.management.base import DragomanCommand
from core.told import told
from pipelines.actions import releases, runs
from pipelines.management.named import dataset_of
from pipelines.models import Release, Run


class Command(DragomanCommand):
    help = "Freeze what is ready as one version, write its files, and publish it when asked. Goes on where it was stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its slug")
        parser.add_argument("release", metavar="version", help="three numbers, such as 0.1.0")
        parser.add_argument("--out", type=Path, help="copy the files into this new or empty folder")
        parser.add_argument("--lang", action="append", default=[], help="only this language; may be given again")
        parser.add_argument("--minimum", choices=["verified", "drafted"], help="least status of a text (default: verified)")
        parser.add_argument("--selection", default="", help="only what this selection kept, in the splits that it drew")
        parser.add_argument("--publish", action="store_true", help="open the files to everybody, for good")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        out: Path | None = options["out"]
        if out and out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise Invalid(told("{out} is not an empty folder: name another one for --out.", out=out))
        release = self._frozen(options)
        if Release.flow.allows(release, "build"):
            self._build(release)
        if options["publish"] and release.status != Release.Status.PUBLISHED:
            releases.publish(release, by=None)
        if problems := releases.verify_files(release):
            raise Conflict(told(
                "The files of {release} are not the ones that were built: {problems}",
                release=release, problems=" ".join(problems[:3]),
            ))
        folder = copied(releases.folder(release), out) if out else releases.folder(release)
        self.say(f"{release} is {release.get_status_display()}: {folder}")
        return {
            "dataset": release.dataset.slug,
            "release": release.version,
            "status": release.status,
            "folder": str(folder),
            "counts": release.manifest["counts"],
            "gate": release.gate,
            "simulated": release.manifest["simulated"],
            "recorded": release.manifest["recorded"],
            "files": list(release.files.order_by("path").values("path", "bytes", "sha256")),
        }

    def _frozen(self, options: dict[str, Any]) -> Release:
        dataset = dataset_of(options["dataset"])
        asked = {"languages": options["lang"], "minimum": options["minimum"] or "verified", "selection": options["selection"]}
        there = dataset.releases.filter(version=options["release"]).first()
        if there is None:
            return releases.freeze(dataset, options["release"], **asked, by=None)
        for name, given in (("languages", sorted(options["lang"])), ("minimum", options["minimum"])):
            if given and given != there.terms[name]:
                raise Conflict(told(
                    "{there} is there already, with other {name}: choose a higher version.",
                    there=there, name=name,
                ))
        if options["selection"] and options["selection"] != there.terms.get("selection", [{"name": ""}])[-1]["name"]:
            raise Conflict(told("{there} is there already, and not by this selection: choose a higher version.", there=there))
        return there

    def _build(self, release: Release) -> None:
        run = runs.work_here(releases.build(release, by=None), lambda far: self.progress(far.done + far.dead, far.total, "files"))
        failed = run.items.exclude(error="").values_list("error", flat=True).first()
        if run.status != Run.Status.DONE or failed:
            raise DragomanError(told("{release} was not built: {value}", release=release, value=run.message or failed))
        release.refresh_from_db()


def copied(folder: Path, out: Path) -> Path:
    """All files in `out`, which has them all or is not there."""
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        shutil.copytree(folder, draft, dirs_exist_ok=True)
        draft.chmod(0o755)
        draft.replace(out)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return out
