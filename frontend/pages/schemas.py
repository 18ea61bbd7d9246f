"""Schemas to start from: the shapes most benchmarks have."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Preset:
    """A schema as YAML, under a name people know."""

    name: str
    label: str | Promise
    text: str


SENTENCES = """\
kinds:
  sentence:
    fields:
      text: {type: text, translate: true}
"""
PAIRS = (
    SENTENCES
    + """\
  pair:
    fields:
      premise: {type: ref, kind: sentence}
      hypothesis: {type: ref, kind: sentence}
      label: {type: label, labels: [entailment, neutral, contradiction]}
      genre: {type: string, required: false}
    answer: label
"""
)
QUESTIONS = """\
kinds:
  question:
    fields:
      stem: {type: text, translate: true}
      options: {type: list, translate: true}
      answer: {type: choice, of: options}
    answer: answer
"""
TABLES = """\
kinds:
  table:
    fields:
      caption: {type: text, translate: true}
      columns: {type: list, translate: true}
      rows: {type: table, translate: true}
  table_question:
    fields:
      table: {type: ref, kind: table}
      question: {type: text, translate: true}
      answer: {type: text, translate: true}
    answer: answer
"""
PRESETS = {
    preset.name: preset
    for preset in (
        Preset("sentences", _("Sentences"), SENTENCES),
        Preset("pairs", _("Sentence pairs with a label"), PAIRS),
        Preset("questions", _("Multiple choice"), QUESTIONS),
        Preset("tables", _("Tables with questions"), TABLES),
    )
}
