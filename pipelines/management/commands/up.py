"""Start everything on this machine: servers, migrations, an admin, the demo dataset, web, worker and beat."""

import secrets
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser

from core.events import record
from core.management.base import DragomanCommand, embedded_servers, migrate_if_needed
from core.models import User
from core.serving import Address, check_free, only_one, serve, stop_on_signals
from pipelines.actions.demo import load_demo
from pipelines.tasks import sweep, workers_answering

QUEUES = "default,models"


class Command(DragomanCommand):
    help = "Start Dragoman on this machine and print its address; Ctrl-C stops it."
    needs_servers = False  # they start below, once the port and the home are known to be free

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--queues", default=QUEUES, help="what the worker works on; add gpu for local models")
        parser.add_argument("--no-browser", dest="browser", action="store_false", help="do not open a browser")
        parser.add_argument("--no-demo", dest="demo", action="store_false", help="do not load the demo dataset")

    def run(self, *, host: str, port: int, queues: str, browser: bool, demo: bool, **_: Any) -> None:
        address = Address(host, port)
        stop_on_signals()
        with only_one(settings.DRAGOMAN_HOME, address):
            check_free(address)
            with embedded_servers():
                prepare(self)
                if demo:
                    self.load(address)
                serve_here(self, address, queues=queues, browser=browser)
        self.say("Stopped.")

    def load(self, address: Address) -> None:
        """What is in the database before the address is printed."""
        load_demo(by=the_admin(), told=self.say)


def prepare(command: DragomanCommand) -> None:
    """Everything a served instance needs in its database and on its disk."""
    migrate_if_needed()
    call_command("collectstatic", interactive=False, verbosity=0)
    password = create_admin()
    if password:
        command.say(f"The administrator is admin with the password {password}")
        command.say("It is shown this once; choose another with: manage.py changepassword admin")


def the_admin() -> User:
    """The site's first administrator."""
    return User.objects.filter(is_superuser=True).earliest("pk")


def create_admin() -> str:
    """The first start's administrator and the password, which is kept nowhere; "" when there is one already."""
    if User.objects.filter(is_superuser=True).exists():
        return ""
    password = secrets.token_urlsafe(12)
    admin = User.objects.create_superuser("admin", password=password)
    record("user.create", admin)
    return password


def serve_here(command: DragomanCommand, address: Address, *, queues: str = QUEUES, browser: bool = False) -> None:
    """Serve until Ctrl-C and say where."""
    # What waited while nothing ran starts with the worker, not at beat's first turn.
    sweep.delay()
    serve(
        settings.DRAGOMAN_HOME,
        address,
        code=settings.BASE_DIR,
        queues=queues,
        browser=browser,
        worker_answers=workers_answering,
        ready=lambda: command.say(f"Dragoman answers at {address} (Ctrl-C stops it)"),
    )
