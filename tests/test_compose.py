"""docker-compose.yml: demands its secrets, publishes only the web server, and runs what the settings know."""

import yaml
from django.conf import settings

from core.serving import Address, commands

COMPOSE = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())
OURS = {"migrate", "web", "worker", "worker-gpu", "beat"}


def test_the_secrets_come_from_the_environment_and_are_demanded() -> None:
    for name in OURS:
        environment = COMPOSE["services"][name]["environment"]
        assert environment["DRAGOMAN_SECRET_KEY"].startswith("${DRAGOMAN_SECRET_KEY:?")
        assert "${POSTGRES_PASSWORD:?" in environment["DATABASE_URL"]
    assert COMPOSE["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def test_only_the_web_server_is_published() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["web"]


def test_migrations_run_once_before_everything_else_of_ours() -> None:
    assert COMPOSE["services"]["migrate"]["restart"] == "no"
    for name in OURS - {"migrate"}:
        assert COMPOSE["services"][name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_a_gpu_worker_is_there_only_when_asked_for() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "profiles" in service] == ["worker-gpu"]


def test_the_web_server_is_started_as_up_starts_it() -> None:
    theirs = COMPOSE["services"]["web"]["command"].replace("${WEB_WORKERS:-2}", "2")
    assert theirs.split() == commands(Address("0.0.0.0", 8000), queues="")["web"][2:]
