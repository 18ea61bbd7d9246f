"""What a command's arguments name: a dataset, a campaign, a file. Each is there, or there is one plain line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotation.models import Campaign, Dataset
from core.errors import Invalid, Missing
from core.told import told


def dataset_of(slug: str) -> Dataset:
    """The dataset of that name, or `Missing`."""
    found = Dataset.objects.filter(slug=slug).first()
    if found is None:
        raise Missing(told("There is no dataset {name!r}.", name=slug))
    return found


def campaign_of(dataset: str, slug: str) -> Campaign:
    """The campaign of that name, with its dataset, or `Missing`."""
    found = Campaign.objects.select_related("dataset").filter(dataset__slug=dataset, slug=slug).first()
    if found is None:
        raise Missing(told("There is no campaign {campaign!r} in a dataset {dataset!r}.", campaign=slug, dataset=dataset))
    return found


def bytes_of(file: Path) -> bytes:
    """All of a file, or `Missing`."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Missing(told("{file} cannot be read: {reason}.", file=file, reason=error.strerror)) from error


def text_of(file: Path) -> str:
    """All of a file of UTF-8, with or without its mark, and with its own line ends as ``\\n``; else `Missing` or `Invalid`."""
    try:
        return bytes_of(file).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise Invalid(told("{file} is not UTF-8: byte {start} is no text.", file=file, start=error.start)) from error


@contextmanager
def written(place: Path) -> Iterator[None]:
    """Around what writes a file or a folder: where the machine will not, `Invalid`."""
    try:
        yield
    except OSError as error:
        raise Invalid(told("{file} cannot be written: {reason}.", file=place, reason=error.strerror)) from error
