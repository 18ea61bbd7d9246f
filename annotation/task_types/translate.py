"""Translate: write the text from the source alone, whatever a machine made of it."""

from typing import ClassVar

from annotation.task_types.post_edit import PostEdit


class Translate(PostEdit):
    """The person translates without seeing any draft: every text, list entry and table cell of the record."""

    name: ClassVar[str] = "translate"
    label: ClassVar[str] = "Translate without a draft"
    shows_draft: ClassVar[bool] = False
