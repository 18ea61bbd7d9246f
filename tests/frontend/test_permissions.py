"""Who may do what: every cell of permissions.csv is tried, and every address of the site is in it."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from annotation.actions import appeals, assignments
from annotation.models import Campaign, Member, Submission
from core.models import User
from tests.world import join, person, task

pytestmark = pytest.mark.django_db

AROUND = ("my_work", "credits", "review", "appeal", "api_comments", "api_appeal", "api_appeal_decision")
JUDGED = ("appeal", "api_appeal", "api_appeal_decision")
ROLES = ("anonymous", "stranger", "annotator", "expert", "manager", "admin")
# Whose address names an assignment.
HOLDING = ("api_submit", "api_draft", "api_heartbeat", "api_skip", "api_give_back", "api_comments")
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
LINE = b'{"kind": "sentence", "key": "k", "text": "A"}\n'
# What stands behind an address that says what its form is about.
QUERIES = {"make": "?step=localise"}
DENIED = ("sign-in", "401", "403", "404", "405")


@dataclass(frozen=True)
class Row:
    """One line of the table: an address, which object it is asked for, a verb, and a status for each role."""

    route: str
    about: str
    verb: str
    expected: dict[str, str]

    def __str__(self) -> str:
        return f"{self.verb} {self.route}{f' ({self.about})' if self.about else ''}"


def table() -> list[Row]:
    with (Path(__file__).parent / "permissions.csv").open(encoding="utf-8", newline="") as file:
        return [Row(r["route"], r["about"], r["verb"], {role: r[role] for role in ROLES}) for r in csv.DictReader(file)]


def addresses(patterns: list[Any]) -> Iterator[URLPattern]:
    """Every address of the site, whatever it is included from."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        else:
            yield pattern


def arguments(scene, row: Row, user: User | None) -> dict[str, Any]:
    """What stands in the address of each route."""
    version = {"unpublished": "1.1.0"}.get(row.about, "1.0.0")
    slug = {"slug": scene.slug}
    release = slug | {"version": version}
    known = {
        "home": {},
        "sign_in": {},
        "sign_out": {},
        "account": {},
        "desk": {},
        "reviews": {},
        "endpoints": {},
        "endpoint": {"name": scene.endpoint.name},
        "gallery": {},
        "gallery_type": {"name": "custom"},
        "dataset_new": {},
        "invitation": {"token": scene.token},
        "run": slug | {"pk": scene.run.pk},
        "run_errors": slug | {"pk": scene.run.pk},
        "selection": slug | {"name": scene.selection.slug},
        "selection_table": slug | {"name": scene.selection.slug},
        "api_selection": slug | {"name": scene.selection.slug},
        "unit": slug | {"pk": scene.unit.pk},
        "terms": slug | {"kind": "sentence"},
        "campaign": slug | {"campaign": scene.campaign.slug},
        "preview": slug | {"campaign": scene.campaign.slug},
        "guideline": slug | {"campaign": scene.campaign.slug},
        "picture": slug | {"sha256": scene.image.sha256, "extension": "png"},
        "machines": slug | {"campaign": scene.campaign.slug},
        "machine_table": slug | {"campaign": scene.campaign.slug, "name": "answers"},
        "work": slug | {"campaign": scene.campaign.slug},
        "answers_table": slug | {"campaign": scene.campaign.slug},
        "my_answers": slug | {"campaign": scene.campaign.slug},
        "revision_table": slug | {"name": "changes"},
        "release": release,
        "leaderboard": release,
        "download": release | {"path": "README.md"},
        "api_release": release,
        "api_claim": {"pk": scene.campaign.pk},
        "api_machines": {"pk": scene.campaign.pk},
        "api_run": {"pk": scene.run.pk},
        "api_datasets": {},
        "api_schema": {},
        "my_work": {},
        "my_credits": {},
        "api_my_credits": {},
    } | {name: {"pk": held(scene, user)} for name in HOLDING if name == row.route}
    if row.route in JUDGED:
        known = {"appeal": slug | {"pk": judged(scene).appeal.pk}}
        known |= {"api_appeal_decision": {"pk": judged(scene).appeal.pk}, "api_appeal": {"pk": judged(scene, appealed=False).pk}}
    if row.route == "my_answer":
        known = {"my_answer": slug | {"campaign": "doubled", "assignment": answered(scene)}}
    if row.route == "api_batch":
        known = {"api_batch": {"pk": batched(scene).pk}}
    return known.get(row.route, slug)


def judged(scene, *, appealed: bool = True) -> Submission:
    """A text of Bola's that somebody else than Efe rejected; she has appealed about it, or not yet."""
    cast, slug = scene.cast, f"judged-{appealed}".lower()
    if there := Submission.objects.filter(assignment__campaign__slug=slug, assignment__person=cast.bola).first():
        return there
    eve = User.objects.filter(username="eve").first() or person("eve")
    Member.objects.filter(user=eve).exists() or join(cast.dataset, eve, "expert")
    campaign = cast.campaign(slug, credit={"rate": "1"})
    task(campaign, cast.drafted("It rained.", "Ilinyesha."))
    for who, payload in ((cast.bola, {"content": {"text": "Mvua ilinyesha."}}), (eve, {"decision": "reject", "reason": "No."})):
        mine = assignments.claim(campaign, by=who)
        assignments.submit(mine, payload, by=who, key=f"{slug}-{who}", flagged="Look." if who == cast.bola else "")
    made = Submission.objects.get(assignment__campaign=campaign, assignment__person=cast.bola)
    if appealed:
        appeals.appeal(made, "It is right.", by=cast.bola)
    return made


def answered(scene) -> int:
    """A task that Bola has answered and somebody else has not yet."""
    if there := Submission.objects.filter(assignment__campaign__slug="doubled").first():
        return there.assignment_id
    made = scene.cast.campaign("doubled", overlap=2)
    task(made, scene.cast.drafted("It snowed.", "Theluji ilianguka."), needed=2)
    mine = assignments.claim(made, by=scene.cast.bola)
    assignments.submit(mine, {"content": {"text": "Ilianguka theluji."}}, by=scene.cast.bola, key="first")
    return mine.pk


def batched(scene) -> Campaign:
    """A campaign whose work, a task for annotators and one for experts, is taken in batches."""
    if there := Campaign.objects.filter(slug="batched").first():
        return there
    made = scene.cast.campaign("batched", batch_size=5)
    for stage in ("annotate", "verify"):
        task(made, scene.cast.drafted(f"To {stage}.", "Ya."), stage=stage)
    return made


def held(scene, user: User | None) -> int:
    """The task this person holds; for those who are given none, the one that Bola holds."""
    cast = scene.cast
    return assignments.claim(scene.campaign, by=user if user in (cast.bola, cast.efe) else cast.bola).pk


def body(scene, row: Row, user: User | None) -> dict[str, Any]:
    """What is sent: something that works, so that only the person decides."""
    if row.route == "work":
        return {"do": "give_back", "assignment": held(scene, user)}
    if row.route in ("api_submit", "api_draft"):
        verdict = {"decision": "accept", "rating": 5}
        return {"payload": verdict if user == scene.cast.efe else {"content": {"text": "Paka ameketi."}}}
    if row.route in AROUND:
        return around(scene)[row.route]
    campaign = {"name": "Two", "slug": "two", "task_type": "post_edit", "overlap": 1, "verification": "all"}
    return {
        "sign_in": {"username": "bola", "password": "wrong"},
        "account": {"do": "describe", "name": "Somebody", "interface_language": "en"},
        "desk": {"do": "goal", "goal": "20"},
        "my_answer": {"do": "submit", "key": "second", "content.text": "Theluji."},
        "endpoints": {"do": "add", "name": "second", "base_url": "https://93.184.216.34/v1", "key": "sk-of-the-table"},
        "endpoint": {"base_url": "https://93.184.216.34/v2"},
        "invitation": {"username": "nia", "password": "five plain words in a row"},
        "dataset_new": {
            "name": "New", "slug": "new", "source_language": "en", "licence": "cc-by-4.0",
            "schema": "kinds: {sentence: {fields: {text: {type: text, translate: true}}}}",
        },
        "dataset": {"tag": "es"},
        "imports": {"split": "test", "file": SimpleUploadedFile("rows.jsonl", LINE)},
        "glossary": {"do": "add", "language": "sw", "source": "Egypt", "target": "Misri"},
        "run": {"do": "cancel"},
        "draft": {"languages": ["sw"], "provider": "replay:demo", "existing": "check"},
        "round_trips": {"languages": ["sw"], "provider": "replay:demo", "n": "2"},
        "make": {"languages": ["sw"], "source": "sentence", "text": "source", "provider": "replay:demo"},
        "selections": {"selector": "near_duplicates", "name": "mine"},
        "api_selections": {"name": "mine", "selector": {"name": "near_duplicates"}},
        "machines": {"provider": "replay:demo"},
        "api_machines": {"provider": "replay:demo"},
        "api_makings": {"step": "localise", "source": "sentence", "languages": ["sw"], "provider": "replay:demo"},
        "unit": {"do": "reject", "reason": "No sentence."},
        "units_together": {"which": "ticked", "unit": scene.unit.pk, "deed": "reject"},
        "views": {"do": "save", "name": "Mine", "status": "drafted"},
        "campaigns": {"do": "create", **campaign},
        "campaign": {"do": "pause"},
        "guideline": {"do": "save", "text": "Second edition."},
        "members": {"do": "withdraw", "invitation": scene.invitation.pk},
        "people": {"do": "lift", "hold": scene.hold.pk},
        "reviews": {"review": scene.review.pk, "appeal": "I was only fast."},
        "releases": {"version": "2.0.0", "minimum": "drafted", "languages": ["sw"]},
        "release": {"do": "build"} if row.about == "unpublished" else {"do": "yank", "reason": "Wrong."},
        "leaderboard": {"baseline": "majority", "languages": ["sw"]},
        "api_skip": {"reason": "I do not know the word."},
        "api_imports": {"file": SimpleUploadedFile("rows.jsonl", LINE)},
        "api_runs": {"languages": ["sw"], "provider": "replay:demo"},
        "api_releases": {"version": "2.0.0", "languages": ["sw"], "minimum": "drafted"},
    }.get(row.route, {})  # fmt: skip


def around(scene) -> dict[str, dict[str, Any]]:
    """What is sent about what has been judged, flagged and earned."""
    return {
        "my_work": {"do": "appeal", "submission": judged(scene, appealed=False).pk, "reason": "It is right."},
        "credits": {
            "person": scene.cast.bola.pk, "campaign": judged(scene).assignment.campaign_id,
            "amount": "1", "reason": "Lost.", "key": "k1",
        },
        "review": {"do": "resolve", "submission": judged(scene).pk, "note": "Seen."},
        "appeal": {"acceptable": ["A"], "note": "It will do."},
        "api_comments": {"text": "Hm."},
        "api_appeal": {"reason": "It is right."},
        "api_appeal_decision": {"acceptable": ["A"], "note": "It will do."},
    }


def people(scene, role: str) -> list[User | None]:
    """Who plays a role; strangers are nobody's member and the manager of another dataset."""
    cast = scene.cast
    return {
        "anonymous": [None],
        "stranger": [cast.zed, cast.olu],
        "annotator": [cast.bola],
        "expert": [cast.efe],
        "manager": [cast.ada],
        "admin": [cast.admin],
    }[role]


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(scene, row: Row, user: User | None, sent: dict[str, Any] | None = None) -> Any:
    url = reverse(row.route, kwargs=arguments(scene, row, user)) + QUERIES.get(row.route, "")
    send = getattr(client_of(user), row.verb.lower())
    if url.startswith("/api/") and sent is not None and "file" not in sent:
        return send(url, sent, content_type="application/json", headers={"Idempotency-Key": "a key of the table"})
    return send(url, sent)


def outcome(response: Any) -> str:
    """The status, or `sign-in` for being asked to sign in first."""
    if response.status_code == 302 and response.headers["Location"].startswith(reverse("sign_in")):
        return "sign-in"
    return str(response.status_code)


def everything() -> dict[str, int]:
    """How many rows each table has, sessions and counters of failed sign-ins aside."""
    own = ("core", "annotation", "pipelines")
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.app_label in own]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        return dict(cursor.fetchall())


@pytest.mark.parametrize("row", table(), ids=str)
def test_every_role_gets_what_the_table_says(scene, row):
    wrong = []
    for role in ROLES:
        for user in people(scene, role):
            with transaction.atomic():
                arguments(scene, row, user)  # an assignment that is to be there is there before the count
                sent = body(scene, row, user) if row.verb != "GET" else None
                before = everything() if sent is not None else {}
                got = outcome(ask(scene, row, user, sent))
                if got != row.expected[role]:
                    wrong.append(f"{role} ({user}): {got} instead of {row.expected[role]}")
                if before and got in DENIED and everything() != before:
                    wrong.append(f"{role} ({user}): was refused and wrote something")
                transaction.set_rollback(True)
    assert not wrong, f"{row}: " + "; ".join(wrong)


def test_every_address_has_a_name_and_every_verb_it_takes_a_row(scene):
    known = {(row.route, row.verb) for row in table()}
    missing = []
    for address in addresses(get_resolver().url_patterns):
        assert address.name, f"{address.pattern} has no name"
        for verb in VERBS:
            if (address.name, verb) in known:
                continue
            row = Row(address.name, "", verb, {})
            with transaction.atomic():
                taken = all(ask(scene, row, user).status_code != 405 for user in (scene.cast.admin, None))
                transaction.set_rollback(True)
            if taken:
                missing.append(f"{verb} {address.name}")
    assert not missing, f"not in permissions.csv: {', '.join(missing)}"


def test_every_row_is_about_an_address_there_is():
    names = {address.name for address in addresses(get_resolver().url_patterns)}
    assert {row.route for row in table()} <= names


def test_a_stranger_cannot_tell_a_dataset_that_is_not_theirs_from_one_that_is_not_there(scene):
    client = client_of(scene.cast.zed)
    for name in ("dataset", "units", "imports", "members", "releases"):
        there, nowhere = (client.get(reverse(name, args=[slug])) for slug in ("xnli", "nine"))
        assert there.status_code == nowhere.status_code == 404
        assert TOKEN.sub("", there.content.decode()).replace("xnli", "nine") == TOKEN.sub("", nowhere.content.decode())


def test_the_table_can_be_wrong(scene):
    """A control: a cell with another status than the right one does fail."""
    row = Row("members", "", "GET", dict.fromkeys(ROLES, "200"))
    assert outcome(ask(scene, row, scene.cast.bola)) == "403"
