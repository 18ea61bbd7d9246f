"""What the operator lists: hosts and networks beyond the public Internet that may be connected to all the same."""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.errors import Invalid
from pipelines.outbound.urls import Place, parsed

Network = IPv4Network | IPv6Network
FORMS = "write name, name:port, address, [IPv6 address]:port or network/bits, apart by commas"


@dataclass(frozen=True)
class AllowList:
    """Listed hosts and networks. ``setting`` is the environment variable they come from, named in what a refusal says."""

    setting: str
    names: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[tuple[Network, int | None], ...] = ()

    def names_it(self, place: Place) -> bool:
        """Whether the host is listed by its name, for this port or for all."""
        return not self.names.isdisjoint({(place.host, place.port), (place.host, None)})

    def holds(self, address: str, port: int) -> bool:
        """Whether an address is in a listed network."""
        one = ip_address(address)
        one = getattr(one, "ipv4_mapped", None) or one
        return any(one in network and listed in (port, None) for network, listed in self.networks)


@lru_cache(maxsize=64)
def allow_list(setting: str, entries: tuple[str, ...]) -> AllowList:
    """The list of that setting; `ImproperlyConfigured`, naming the entry, when it cannot be read."""
    names: set[tuple[str, int | None]] = set()
    networks: list[tuple[Network, int | None]] = []
    for entry in entries:
        try:
            _add(entry, names, networks)
        except (ValueError, Invalid):
            raise ImproperlyConfigured(f"{setting} holds {entry!r}: {FORMS}.") from None
    return AllowList(setting, frozenset(names), tuple(networks))


def _add(entry: str, names: set[tuple[str, int | None]], networks: list[tuple[Network, int | None]]) -> None:
    if "/" in entry:
        networks.append((ip_network(entry), None))
        return
    bare = f"[{entry}]" if entry.count(":") > 1 and not entry.startswith("[") else entry
    place = parsed(f"http://{bare}")
    port = place.port if ":" in bare.rpartition("]")[2] else None
    try:
        networks.append((ip_network(place.host), port))
    except ValueError:
        names.add((place.host, port))


def endpoint_hosts() -> AllowList:
    """Hosts beyond the public Internet at which endpoints may be, by DRAGOMAN_ENDPOINT_HOSTS; none by default."""
    return allow_list("DRAGOMAN_ENDPOINT_HOSTS", tuple(settings.ENDPOINT_HOSTS))


def import_hosts() -> AllowList:
    """Hosts beyond the public Internet that files may be fetched from, by DRAGOMAN_IMPORT_HOSTS; none by default.

    A list of its own: managers of datasets name import URLs, and a model server is nothing for them to look into.
    """
    return allow_list("DRAGOMAN_IMPORT_HOSTS", tuple(settings.IMPORT_HOSTS))
