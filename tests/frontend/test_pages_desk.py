"""How one works: keys of one's own, and a goal that nobody else sees."""

import pytest
from django.urls import reverse

from core import accounts
from core.errors import Invalid
from core.models import Event
from frontend import keys
from tests.frontend.test_work import answer, campaign, screen  # noqa: F401
from tests.world import task

pytestmark = pytest.mark.django_db


@pytest.fixture
def bola(cast, as_):
    return as_(cast.bola)


def sent(**chosen: str) -> dict[str, str]:
    return {"do": "keys"} | keys.usual() | chosen


def test_a_key_of_ones_own_is_on_the_work_screen_and_in_its_list(cast, bola, campaign):  # noqa: F811
    assert bola.post(reverse("desk"), sent(flag="X")).status_code == 302
    cast.bola.refresh_from_db()
    assert cast.bola.keys == {"flag": "x"}
    html = screen(bola, campaign)
    assert "&quot;flag&quot;:&quot;x&quot;" in html and html.count("<kbd>X</kbd>") == 2 and "<kbd>F</kbd>" not in html
    assert Event.objects.get(verb="choose_keys").data == {"keys": {"flag": "x"}}


def test_two_actions_may_change_places(cast, bola):
    assert bola.post(reverse("desk"), sent(flag="s", skip="f")).status_code == 302
    cast.bola.refresh_from_db()
    assert keys.of(cast.bola)["flag"] == "s" and keys.of(cast.bola)["skip"] == "f"


@pytest.mark.parametrize(
    ("key", "said"),
    [("s", "has the key of skip"), ("7", "digits choose"), ("ab", "is one character"), ("\u200b", "is one character")],
)
def test_a_key_that_cannot_be_is_refused_with_a_word_and_nothing_changes(cast, bola, key, said):
    page = bola.post(reverse("desk"), sent(flag=key))
    assert page.status_code == 422 and said in page.content.decode()
    cast.bola.refresh_from_db()
    assert cast.bola.keys == {}


def test_keys_of_another_script_are_keys(cast):
    accounts.choose_keys(cast.bola, {"flag": "ش"}, usual=keys.usual())
    assert keys.of(cast.bola)["flag"] == "ش"


def test_the_usual_keys_come_back_at_once(cast, bola):
    bola.post(reverse("desk"), sent(flag="x"))
    bola.post(reverse("desk"), {"do": "usual"})
    cast.bola.refresh_from_db()
    assert cast.bola.keys == {}


def test_a_goal_is_shown_beside_what_is_done_and_to_nobody_else(cast, bola, as_, campaign):  # noqa: F811
    assert "(1 of your" not in screen(bola, campaign)
    bola.post(reverse("desk"), {"do": "goal", "goal": "20"})
    answer(bola, campaign)
    assert "1 of your 20" in screen(bola, campaign)
    assert "(1 of your" not in screen(as_(cast.bisi), campaign)
    bola.post(reverse("desk"), {"do": "goal", "goal": ""})
    assert "(1 of your" not in screen(bola, campaign)


def test_a_goal_out_of_range_is_refused(cast):
    with pytest.raises(Invalid, match="from 1 to"):
        accounts.set_goal(cast.bola, 0)


def test_the_pace_is_the_middle_one_of_todays_answers_once_there_are_some(cast, bola):
    made = cast.campaign("many")
    for number in range(6):
        task(made, cast.drafted(f"Cat {number}.", f"Paka {number}.", key=f"m{number}"))
    for _ in range(4):
        answer(bola, made)
    assert "each</span>" not in screen(bola, made)
    answer(bola, made)
    assert "about 0 s each" in screen(bola, made)
