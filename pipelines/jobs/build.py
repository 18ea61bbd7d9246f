"""Building a release: its files are put together beside their place, and one rename brings all of them there."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from core.told import told
from pipelines import building
from pipelines.jobs import Fatal, Job, Lease
from pipelines.layout import sweep_up, workshop
from pipelines.models import Release, ReleaseFile, Run, RunItem


class Build(Job):
    """First the files that hold rows, each by whichever worker is free; then card, manifest and checksums."""

    name: ClassVar[str] = "build"
    label: ClassVar[str] = "Build a release"
    chunk: ClassVar[int] = 1
    example: ClassVar[dict[str, Any]] = {"release": 1}

    release: int
    """The release's row."""

    def plan(self, run: Run) -> Iterable[dict[str, Any]]:
        yield from ({"part": part} for part in building.parts(self._release()))
        yield {"stage": 1}

    def work(self, run: Run, items: list[RunItem], lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        release = self._release()
        for item in items:
            if part := item.payload.get("part"):
                yield item, building.write_part(release, part, workshop(release, run.pk))
            else:
                yield from self._finish(release, run, item, lease)

    def _release(self, **lock: Any) -> Release:
        found = Release.objects.select_related("dataset")
        release = (found.select_for_update(of=("self",)) if lock else found).get(pk=self.release)
        if not Release.flow.allows(release, "build"):
            raise Fatal(told("{release} is {status} and never changes.", release=release, status=told(release.get_status_display())))
        return release

    def _finish(self, release: Release, run: Run, item: RunItem, lease: Lease) -> Iterator[tuple[RunItem, dict[str, Any]]]:
        root = workshop(release, run.pk)
        manifest, files = building.finish(release, root)
        with lease.writing(item):
            # Under the release's lock nobody publishes between this look at its status and the move.
            locked = self._release(lock=True)
            building.move_into_place(locked, root, run.pk)
            locked.files.all().delete()
            ReleaseFile.objects.bulk_create(ReleaseFile(release=locked, **file) for file in files)
            Release.flow.move(locked, "build", by=run.created_by, manifest=manifest)
            yield item, {"files": len(files), "bytes": sum(file["bytes"] for file in files)}
        sweep_up(release)
