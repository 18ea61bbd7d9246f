"""Reading a URL strictly: what two parsers could read differently is refused, and what is left is written one way."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import idna

from core.errors import Invalid
from core.told import told

LONGEST = 2000
PORTS = {"http": 80, "https": 443}
# Control characters (urlsplit drops some of them silently), white space, and the backslash, which browsers take for a slash.
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\\\s\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
NETLOC = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^\[\]:%]+))(?::(?P<port>[0-9]{1,5}))?")
NAME = re.compile(r"(?!.{254})[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True)
class Place:
    """Where a URL leads: ``host`` is in ASCII, small letters, an IPv6 address without brackets; ``url`` says the same, canonically."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a key belongs to. The scheme's usual port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")

    @property
    def url(self) -> str:
        return self.origin + self.path + (f"?{self.query}" if self.query else "")


def parsed(url: str) -> Place:
    """The place a URL names; `Invalid` for anything but plain http and https, or for what is written in a doubtful way."""
    if not url or len(url) > LONGEST:
        raise _invalid(told("A URL has 1 to {longest} characters.", longest=LONGEST))
    if UNSAFE.search(url):
        raise _invalid(told("A URL holds no white space, backslash, control or invisible character."))
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _invalid(told("This is not a URL: its host cannot be read.")) from None
    scheme = parts.scheme.lower()
    if scheme not in PORTS:
        raise _invalid(told("A URL begins with https:// (or http:// for a server the operator has listed)."))
    if "@" in parts.netloc:
        raise _invalid(told("A URL holds no user name or password: a key is given on its own."))
    if "#" in url:
        raise _invalid(told("A URL here has no part after #."))
    found = NETLOC.fullmatch(parts.netloc)
    if found is None:
        raise _invalid(told("The host of this URL cannot be read: write it as name, name:port or [IPv6 address]:port."))
    port = int(found["port"]) if found["port"] else PORTS[scheme]
    if not 0 < port < 65536:
        raise _invalid(told("A port is a number from 1 to 65535."))
    host = _v6(found["v6"]) if found["v6"] else _name(found["name"])
    return Place(scheme, host, port, quote(parts.path, safe="/%:@!$&'()*+,;=~"), quote(parts.query, safe="/?%:@!$&'()*+,;=~"))


def _v6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise _invalid(told("What stands in brackets is not an IPv6 address.")) from None


def _name(text: str) -> str:
    """A host's name in ASCII. Numbers are only taken as four decimals: 127.1, 0x7f.1 and 2130706433 all are loopback to the system."""
    try:
        host = (text if text.isascii() else idna.encode(text, uts46=True, std3_rules=True).decode()).lower()
    except idna.IDNAError:
        raise _invalid(told("The host of this URL is not a name that can exist.")) from None
    if host.endswith("."):
        raise _invalid(told("Write the host without the dot at its end."))
    if not NAME.fullmatch(host):
        raise _invalid(told("The host of this URL is not a name that can exist."))
    if NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise _invalid(told("Write an IPv4 address as four decimal numbers.")) from None
    return host


def _invalid(message: str) -> Invalid:
    # Never the URL itself: it may hold a password.
    return Invalid(message)
