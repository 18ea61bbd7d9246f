"""What a model thinks of a text: kept from those who are to judge it themselves, so that they vote and do not follow."""
from core.told import told

PREFIX = "judge_"
"""Names of the checks that are a model's judgement begin so."""
ASKED = told("A model that judged the text asks for a look at it.")
"""All that a unit's reasons say of a judgement; left out, like the judgement, for who has not voted."""


def is_judgement(check: str) -> bool:
    """Whether a finding of this check is a model's judgement, not something that was counted or compared."""
    return check.startswith(PREFIX)
