"""Pictures for guidelines: kept as they came, if their bytes say that they are pictures no browser takes for anything else."""

import hashlib

from django.db import transaction

from annotation import policies
from annotation.models import Dataset, Image
from core.errors import Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.told import told

MOST_BYTES = 2 * 1024 * 1024
# By their first bytes. No SVG: it is a document that can hold scripts.
SIGNS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF87a": "gif", b"GIF89a": "gif"}


def keep(dataset: Dataset, data: bytes, *, by: User | None) -> Image:
    """The picture as a row; the same bytes twice are one. Raises `Invalid` for what is no picture or too large."""
    require(policies.manage(by, dataset))
    if len(data) > MOST_BYTES:
        raise Invalid(told(
            "The picture has {count:,} bytes: {most:,} at most.",
            count=len(data), most=MOST_BYTES,
        ), {"image": told("is too large")})
    extension = _extension(data)
    if extension is None:
        raise Invalid("That is no PNG, JPEG, GIF or WebP.", {"image": told("is no PNG, JPEG, GIF or WebP")})
    with transaction.atomic():
        made, new = Image.objects.get_or_create(
            dataset=dataset,
            sha256=hashlib.sha256(data).hexdigest(),
            defaults={"data": data, "extension": extension, "created_by": by},
        )
        if new:
            record("keep_image", made, by=by, data={"bytes": len(data)})
    return made


def _extension(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((extension for sign, extension in SIGNS.items() if data.startswith(sign)), None)
