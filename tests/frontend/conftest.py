"""A scene with one of everything the pages show, played by the cast."""

import json
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from annotation.actions import images, members
from annotation.models import Campaign, Finding, Hold, Image, Invitation, Review, Selected, Selection, Unit
from core.models import ApiToken, User
from pipelines.actions import endpoints, releases
from pipelines.models import Endpoint, Evaluation, Release, Run, Score
from tests.world import SCHEMA, World, drafted, task, world
from tests.world import unit as unit_of

QUESTION = {"stem": "Nani aliketi?", "options": ["Paka", "Mbwa"]}


@dataclass(frozen=True)
class Scene:
    """The cast, and one row of each kind that has a page."""

    cast: World
    unit: Unit
    campaign: Campaign
    run: Run
    published: Release
    built: Release
    invitation: Invitation
    token: str
    api_token: ApiToken
    hold: Hold
    review: Review
    endpoint: Endpoint
    image: Image
    selection: Selection

    @property
    def slug(self) -> str:
        return self.cast.dataset.slug


@pytest.fixture
def quick(settings):
    """Passwords are hashed fast: the cast is made anew for every test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def cast(db, quick):
    return world()


@pytest.fixture
def scene(cast, settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    return made_for(cast)


def made_for(cast: World) -> Scene:
    """The scene, with its files under the present home."""
    unit = cast.drafted("The cat sat.", "Paka aliketi.", key="s1")
    Finding.objects.create(
        translation=unit.current, check_name="numbers", verdict="fail", detail="15 of the source became 50.", signature="numbers|v:1"
    )
    question = drafted(unit_of(cast.question("Who sat?", ["The cat", "The dog"], key="q1"), "sw"), QUESTION)
    campaign = cast.campaign()
    task(campaign, unit)
    task(campaign, question, stage="verify")
    invitation, token = members.invite(
        cast.dataset, email="new@example.org", role="annotator", languages=["sw"], by=cast.ada
    )
    return Scene(
        cast=cast,
        unit=unit,
        campaign=campaign,
        run=Run.objects.create(
            dataset=cast.dataset, job={"name": "draft", "version": "1", "params": {}}, created_by=cast.ada
        ),
        published=release(cast, "1.0.0", Release.Status.PUBLISHED),
        built=release(cast, "1.1.0", Release.Status.BUILT),
        invitation=invitation,
        token=token,
        api_token=ApiToken.issue(cast.ada, name="robot", scopes=["read"])[0],
        hold=Hold.objects.create(
            campaign=campaign, person=cast.ben, language="sw", reason="2 of 10 known answers were right; the campaign asks for 70%."
        ),
        review=Review.objects.create(
            campaign=campaign, person=cast.bola, signal="pace", action="warned", note="Slower.", decided_by=cast.ada,
            evidence={"seen": 1.0, "expected": 20.0, "answers": 40, "p": 0.0001},
        ),
        image=images.keep(cast.dataset, b"\x89PNG\r\n\x1a\n", by=cast.ada),
        endpoint=endpoints.add("main", "https://93.184.216.34/v1", key="sk-canary-of-the-scene", by=cast.admin),
        selection=selection(cast, unit, question),
    )


def selection(cast: World, kept: Unit, rejected: Unit) -> Selection:
    """A selection that keeps one item and rejects another."""
    rule = {"selector": {"name": "near_duplicates"}, "signature": "near_duplicates|v:1", "kinds": ["sentence", "question"]}
    made = Selection.objects.create(dataset=cast.dataset, slug="unlike", created_by=cast.ada, **rule)
    Selected.objects.create(selection=made, item=kept.item, kept=True)
    Selected.objects.create(selection=made, item=rejected.item, kept=False, reason="Nearly the same as sentence/s1: 93% in common (sw).")
    return made


def release(cast: World, version: str, status: str, card: str = "# The card\n") -> Release:
    """A release with a card on disk, one listed file, and one score."""
    terms = {
        "name": "XNLI",
        "languages": ["sw"],
        "minimum": "verified",
        "licence": "cc-by-4.0",
        "schema": json.dumps(SCHEMA),
    }
    made = Release.objects.create(dataset=cast.dataset, version=version, terms=terms)
    for key in ("a", "b"):
        record = {"premise": key, "hypothesis": "h", "label": "neutral"}
        made.items.create(
            kind="pair", language="sw", split="test", key=key, cluster=key, record=record, provenance={}
        )  # fmt: skip
    folder = releases.folder(made)
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n" + card, encoding="utf-8")
    made.files.create(path="README.md", bytes=(folder / "README.md").stat().st_size, sha256="0" * 64)
    Release.objects.filter(pk=made.pk).update(status=status)
    made.refresh_from_db()
    evaluation = Evaluation.objects.create(
        release=made,
        kind="pair",
        language="sw",
        baseline={"name": "majority"},
        signature="majority|v:1",
        status="scored",
    )
    Score.objects.create(
        evaluation=evaluation,
        metric="accuracy",
        value=41.5,
        low=33.0,
        high=50.0,
        n=60,
        clusters=20,
        signature="accuracy|v:1",
    )
    return made


@pytest.fixture
def as_():
    """A browser in which one of the cast is signed in; nobody, for None."""

    def sign_in(user: User | None) -> Client:
        client = Client(raise_request_exception=False)
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def page():
    """The text of a page, which has to answer 200: ``page(client, "unit", slug, pk, language="sw")``."""

    def get(client: Client, name: str, *args: object, **query: str) -> str:
        response = client.get(reverse(name, args=args), query)
        assert response.status_code == 200, response.content.decode()[:2000]
        return response.content.decode()

    return get
