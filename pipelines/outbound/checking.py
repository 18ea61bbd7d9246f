"""Checking where a URL leads: its host is resolved once, and every address it has must be one we may connect to."""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from core.errors import Invalid
from core.told import told
from pipelines.outbound.addresses import is_public
from pipelines.outbound.allowed import AllowList
from pipelines.outbound.urls import Place, parsed

# Where public web servers answer. Any other port may be a mail server or a database that takes HTTP for commands.
USUAL_PORTS = (443, 8443)
NOBODY = AllowList("")

Lookup = Callable[[str, int], Iterable[str]]


@dataclass(frozen=True)
class Checked:
    """A URL that may be connected to, at these addresses and no other."""

    url: str
    host: str
    port: int
    addresses: tuple[str, ...]
    origin: str


def looked_up(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def checked(url: str, *, allow: AllowList = NOBODY, lookup: Lookup | None = None) -> Checked:
    """The URL with the addresses its host has now; `Invalid` unless it is https on a usual port and all of them are public.

    What ``allow`` lists is exempt: any port, http too, any address. Blocks on the resolver: in a coroutine, give it to a thread.
    """
    place = parsed(url)
    addresses = _addresses(place, lookup or looked_up)
    if not allow.names_it(place) and not all(allow.holds(one, place.port) for one in addresses):
        _demand_public(place, addresses, allow)
    return Checked(place.url, place.host, place.port, addresses, place.origin)


def _addresses(place: Place, lookup: Lookup) -> tuple[str, ...]:
    try:
        return (str(ip_address(place.host)),)
    except ValueError:
        pass
    try:
        # An address with a zone (fe80::1%eth0) is that of a machine next door, whatever its number.
        found = tuple(one for one in lookup(place.host, place.port) if ip_address(one) and "%" not in one)
    except (OSError, ValueError):
        found = ()
    if not found:
        raise Invalid(told("{host} has no address: look whether its name is written right.", host=place.host))
    return found


def _demand_public(place: Place, addresses: Iterable[str], allow: AllowList) -> None:
    list_it = told(
        " If it is a server of yours, its operator can list it in {setting}.",
        setting=allow.setting,
    ) if allow.setting else ""
    if place.scheme != "https":
        raise Invalid(told("{host} is only connected to by https://.{list_it}", host=place.host, list_it=list_it))
    if place.port not in USUAL_PORTS:
        raise Invalid(told(
            "Port {port} of {host} is none of {map}.{list_it}",
            port=place.port, host=place.host, map=", ".join(map(str, USUAL_PORTS)), list_it=list_it,
        ))
    if not all(map(is_public, addresses)):
        # Which address is not said: it would show what names inside a network lead to.
        raise Invalid(told("{host} leads to an address that is not public.{list_it}", host=place.host, list_it=list_it))
