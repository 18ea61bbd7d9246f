"""`manage.py endpoint add|change|key|try|retire NAME`, `list`, `seal`: endpoints of models; keys come by stdin or a variable, never as arguments."""

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from core.errors import Invalid, Missing
from core.management.base import DragomanCommand
from core.told import told
from pipelines.actions import endpoints
from pipelines.models import Endpoint

LONGEST_LINE = 10_000


class Command(DragomanCommand):
    help = (
        "Endpoints of models beside the environment's own. A key is read from standard input, or from the environment variable "
        "that --key-env names: arguments can be read by everybody on the machine."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("do", choices=["list", "add", "change", "key", "try", "retire", "seal"])
        parser.add_argument("name", nargs="?", help="of the endpoint, as in openai:MODEL@NAME")
        parser.add_argument("--base-url", help="add, change: where it is, often ending in /v1")
        parser.add_argument("--key-env", metavar="VARIABLE", help="the environment variable that holds the key")
        parser.add_argument("--key-stdin", action="store_true", help="change: a new key comes by standard input")
        parser.add_argument("--no-key", action="store_true", help="add: the server asks for none")
        for limit in endpoints.LIMITS:
            parser.add_argument(f"--{limit.replace('_', '-')}", type=int, metavar="N", help="add, change: at most so many")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        if options["do"] == "list":
            return self._list()
        if options["do"] == "seal":
            count = endpoints.seal_anew(by=None)
            self.say(f"{count} keys sealed anew under DRAGOMAN_SECRET_KEY: the former ones can go.")
            return {"sealed": count}
        if not options["name"]:
            raise Invalid("Name the endpoint.")
        row = self._add(options) if options["do"] == "add" else self._move(_named(options["name"]), options)
        return _told(row) | self._said

    def _list(self) -> dict[str, Any]:
        rows = [_told(row) for row in Endpoint.objects.all()]
        for row in rows:
            self.say("{name}  {status}  {base_url}  {key}".format(**row))
        return {"endpoints": rows}

    def _add(self, options: dict[str, Any]) -> Endpoint:
        if not options["base_url"]:
            raise Invalid("Say where the endpoint is with --base-url.")
        key = "" if options["no_key"] else _key(options)
        if not key and not options["no_key"]:
            raise Invalid("No key came: give it by standard input or --key-env, or say --no-key.")
        row = endpoints.add(options["name"], options["base_url"], key=key, **_limits(options), by=None)
        self.say(f"{row.name} is added.")
        return row

    def _move(self, row: Endpoint, options: dict[str, Any]) -> Endpoint:
        if options["do"] == "try":
            answer = endpoints.try_out(row, by=None)
            self.say(answer.text)
            self._said = {"ok": answer.ok, "said": answer.text}
        elif options["do"] == "key":
            endpoints.replace_key(row, _key(options), by=None)
        elif options["do"] == "retire":
            endpoints.retire(row, by=None)
        else:
            key = _key(options) if options["key_env"] or options["key_stdin"] else ""
            endpoints.change(row, base_url=options["base_url"], key=key, **_limits(options), by=None)
        return row

    _said: dict[str, Any] = {}


def _named(name: str) -> Endpoint:
    row = Endpoint.objects.filter(name=name).first()
    if row is None:
        raise Missing(told("There is no endpoint {name}.", name=name))
    return row


def _limits(options: dict[str, Any]) -> dict[str, int]:
    return {limit: options[limit] for limit in endpoints.LIMITS if options[limit] is not None}


def _key(options: dict[str, Any]) -> str:
    if variable := options["key_env"]:
        try:
            return os.environ[variable].strip()
        except KeyError:
            raise Invalid(told("The environment variable {variable} is not set.", variable=variable)) from None
    if sys.stdin.isatty():
        return getpass("Key: ").strip()
    return sys.stdin.readline(LONGEST_LINE).strip()


def _told(row: Endpoint) -> dict[str, Any]:
    limits = {limit: getattr(row, limit) for limit in endpoints.LIMITS}
    return {"name": row.name, "status": row.status, "base_url": row.base_url, "key": row.key_shown, **limits}
