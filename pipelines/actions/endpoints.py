"""Endpoints: added, changed, given another key, tried and retired by the site's administrators. No Event holds a key, and no error report."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from annotation import policies
from core.errors import Conflict, Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.sealing import seal
from core.told import told
from pipelines.endpoints import access_to, opened_key
from pipelines.models import Endpoint
from pipelines.outbound import Answer, checked, endpoint_hosts, probe

LIMITS = ("requests_per_minute", "tokens_per_minute", "concurrency")
MOST = 2**31 - 1
MOST_AT_ONCE = 2**15 - 1
LONGEST_KEY = 4000
# Of a shorter key, four characters would be too much of it.
SHOWN_FROM = 16


@sensitive_variables("key")
def add(name: str, base_url: str, *, key: str = "", by: User | None, **limits: int | None) -> Endpoint:
    """A new endpoint. Its address is checked now, and again whenever it is connected to; an empty key is for a server that asks for none."""
    require(policies.manage_endpoints(by))
    row = Endpoint(name=name, created_by=by, **_checked_limits(limits))
    row.base_url = _address(base_url)
    _clean(row)
    try:
        with transaction.atomic():
            row.save()
            _seal(row, key)  # for this row: its number is known only now
            row.save(update_fields=["sealed_key", "key_end"])
            record("add", row, by=by, data=_told(row))
    except IntegrityError:
        problem = told("There is an endpoint {name} already, perhaps a retired one: choose another name.", name=name)
        raise Conflict(problem) from None
    return row


@sensitive_variables("key")
def change(endpoint: Endpoint, *, base_url: str | None = None, key: str = "", by: User | None, **limits: int | None) -> None:
    """Change where it is and how much it is asked. At another origin the key has to be given anew: the old one was for the old one."""
    require(policies.manage_endpoints(by))
    address = _address(base_url) if base_url is not None else None
    with _locked(endpoint) as row:
        before, row.base_url = row.origin, address or row.base_url
        if row.origin != before and row.sealed_key and not key:
            problem = told("The key belongs to {before}: for {origin}, give the key anew.", before=before, origin=row.origin)
            raise Invalid(problem, {"key": problem})
        for name, value in _checked_limits(limits).items():
            setattr(row, name, value)
        if key:
            _seal(row, key)
        _clean(row)
        row.save()
        record("change", row, by=by, data=_told(row) | {"new_key": bool(key)})


@sensitive_variables("key")
def replace_key(endpoint: Endpoint, key: str, *, by: User | None) -> None:
    """Put another key in place of the present one, for the same origin."""
    require(policies.manage_endpoints(by))
    if not key:
        raise Invalid("Give the key.", {"key": "Give the key."})
    with _locked(endpoint) as row:
        _seal(row, key)
        row.save(update_fields=["sealed_key", "key_end"])
        record("replace_key", row, by=by, data={"key": row.key_shown})


def retire(endpoint: Endpoint, *, by: User | None) -> None:
    """Ask it nothing more, and forget its key; its name stays taken, for what was made with it is still told by it."""
    require(policies.manage_endpoints(by))
    Endpoint.flow.move(endpoint, "retire", by=by, data={"key": endpoint.key_shown}, sealed_key="", key_end="")


def try_out(endpoint: Endpoint, *, by: User | None) -> Answer:
    """Ask it once which models it has; what it said comes back as a sentence of ours."""
    require(policies.manage_endpoints(by))
    answer = probe(access_to(endpoint))
    record("try", endpoint, by=by, data={"ok": answer.ok})
    return answer


@sensitive_variables()
def seal_anew(*, by: User | None) -> int:
    """Seal every key under the present secret key, so that a former one can be dropped; how many there were."""
    require(policies.manage_endpoints(by))
    with transaction.atomic():
        rows = list(Endpoint.objects.select_for_update().exclude(sealed_key="").order_by("pk"))
        for row in rows:
            _seal(row, opened_key(row))
            row.save(update_fields=["sealed_key"])
            record("seal_anew", row, by=by)
    return len(rows)


@contextmanager
def _locked(endpoint: Endpoint) -> Iterator[Endpoint]:
    """The row as it is now, nobody else's to change until the block ends; afterwards `endpoint` shows what became of it."""
    with transaction.atomic():
        row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        if row.status != Endpoint.Status.ACTIVE:
            raise Conflict(told("The endpoint {name} is retired.", name=row.name))
        yield row
    endpoint.refresh_from_db()


def _address(base_url: str) -> str:
    """The base URL, written one way; `Invalid` at the field when no endpoint may be there."""
    try:
        place = checked(base_url.strip(), allow=endpoint_hosts())
    except Invalid as refused:
        raise Invalid(str(refused), {"base_url": str(refused)}) from None
    if "?" in place.url:
        problem = told("A base URL has no part after ?: what stands there is shown, and a key is given on its own.")
        raise Invalid(problem, {"base_url": problem})
    return place.url.rstrip("/")


def _checked_limits(limits: dict[str, int | None]) -> dict[str, int | None]:
    for name, value in limits.items():
        if name not in LIMITS:
            raise TypeError(f"no limit is called {name}")
        most = MOST_AT_ONCE if name == "concurrency" else MOST
        if value is not None and not 0 < value <= most:
            problem = told("A limit is a number from 1 to {most:,}, or nothing.", most=most)
            raise Invalid(problem, {name: problem})
    return limits


@sensitive_variables("key")
def _seal(row: Endpoint, key: str) -> None:
    key = key.strip()
    if len(key) > LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        problem = told("A key is at most {longest} letters, digits and signs without spaces.", longest=LONGEST_KEY)
        raise Invalid(problem, {"key": problem})
    row.sealed_key = seal(key, use=row.key_use) if key else ""
    row.key_end = key[-4:] if len(key) >= SHOWN_FROM else ""


def _clean(row: Endpoint) -> None:
    """What the model's fields allow; `Invalid` with the field's own words."""
    try:
        row.clean_fields(exclude=["created_by"])
    except ValidationError as refused:
        errors = {name: " ".join(said) for name, said in refused.message_dict.items()}
        raise Invalid(next(iter(errors.values())), errors) from None


def _told(row: Endpoint) -> dict[str, Any]:
    """What an Event tells of an endpoint."""
    limits = {name: getattr(row, name) for name in LIMITS}
    return {"base_url": row.base_url, "key": row.key_shown, **limits}
