"""A message that knows what it was made of."""

import json

from core.told import told


def test_a_message_is_its_english_text_and_knows_its_parts():
    message = told("{name} has {count:,} items", name="XNLI", count=2490)
    assert message == "XNLI has 2,490 items"
    assert (message.template, message.values) == ("{name} has {count:,} items", {"name": "XNLI", "count": 2490})
    assert json.dumps([message]) == '["XNLI has 2,490 items"]'
