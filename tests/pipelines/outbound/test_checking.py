"""Which URLs may be connected to: a table of both kinds, and what the operator's list changes."""

import pytest
from django.core.checks import run_checks

from core.errors import Invalid
from pipelines.outbound import AllowList, checked, parsed
from pipelines.outbound.allowed import allow_list

PUBLIC = "93.184.216.34"
NAMES = {
    "api.example.com": [PUBLIC],
    "six.example.com": ["2606:2800:220:1::1"],
    "both.example.com": [PUBLIC, "2606:2800:220:1::1"],
    "half.example.com": [PUBLIC, "10.0.0.7"],
    "inside.example.com": ["192.168.1.4"],
    "localhost": ["127.0.0.1", "::1"],
    "localtest.example.com": ["127.0.0.1"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "next-door.example.com": ["fe80::1%eth0"],
    "ollama": ["172.18.0.5"],
    "xn--bcher-kva.example": [PUBLIC],
    "nothing.example.com": [],
}

ALLOWED = [
    "https://api.example.com/v1",
    "https://API.Example.COM/v1",
    "https://api.example.com:443/v1",
    "https://api.example.com:8443/v1",
    "https://six.example.com/",
    "https://both.example.com/",
    "https://bücher.example/",
    "https://93.184.216.34/v1",
    "https://[2606:2800:220:1::1]/v1",
    "https://[::ffff:93.184.216.34]/v1",
    "https://api.example.com/a%20b?c=d&e=@x",
    "https://api.example.com/ä",
]
REFUSED = [
    # not the web
    "", "api.example.com/v1", "//api.example.com/", "file:///etc/passwd", "ftp://api.example.com/", "gopher://api.example.com:70/_x",
    "data:text/plain,x", "javascript:alert(1)", "unix:/run/docker.sock", "https:api.example.com", "https:///v1",
    # two parsers, two hosts
    "https://user:secret@api.example.com/", "https://api.example.com@127.0.0.1/", "https://127.0.0.1\\@api.example.com/",
    "https://api.example.com#@127.0.0.1/", "https://api.example.com\\.127.0.0.1/", "https://api.example.com/\r\nHost: x",
    "https://api.example.com /", "https://\tapi.example.com/", "https://api.example.com\u3000/", "https://api.exam\u200bple.com/",
    "https://api%2eexample.com/", "https://api.example.com:", "https://api.example.com:0/", "https://api.example.com:99999/",
    "https://api.example.com:４４３/", "https://a..b/", "https://api.example.com./", "https://[::1/", "https://[api.example.com]/",
    # loopback in all its spellings
    "https://127.0.0.1/", "https://127.1/", "https://0x7f000001/", "https://2130706433/", "https://0177.0.0.1/", "https://0/",
    "https://0.0.0.0/", "https://[::]/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://localhost/", "https://localhost./", "https://１２７.０.０.１/", "https://①②⑦.0.0.1/", "https://localtest.example.com/",
    "https://mapped.example.com/", "https://134744072/",
    # private, shared, link-local, metadata
    "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.0.1/", "https://inside.example.com/", "https://half.example.com/",
    "https://100.64.0.1/", "https://100.100.100.200/", "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/",
    "https://168.63.129.16/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://next-door.example.com/", "https://[fc00::1]/",
    # IPv4 in IPv6, protocols, multicast, reserved
    "https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::a00:1]/", "https://[2002:7f00:1::1]/", "https://[2001:0:7f00:1::]/",
    "https://[::7f00:1]/", "https://192.0.0.192/", "https://192.0.0.9/", "https://192.88.99.1/", "https://198.18.0.1/",
    "https://224.0.0.1/", "https://[ff02::1]/", "https://240.0.0.1/", "https://255.255.255.255/", "https://[fec0::1]/",
    "https://[5f00::1]/", "https://192.0.2.1/", "https://[2001:db8::1]/",
    # public, but not by https or not where web servers are
    "http://api.example.com/v1", "http://93.184.216.34/", "https://api.example.com:22/", "https://api.example.com:25/",
    "https://api.example.com:5432/", "https://api.example.com:6379/", "https://api.example.com:80/",
    # nobody there
    "https://nothing.example.com/", "https://unknown.example.com/", "https://" + "a" * 64 + ".example.com/", "https://x/" + "a" * 2000,
]  # fmt: skip


def lookup(host: str, port: int) -> list[str]:
    if host not in NAMES:
        raise OSError("Name or service not known")
    return NAMES[host]


def listing(*entries: str) -> AllowList:
    return allow_list("DRAGOMAN_ENDPOINT_HOSTS", entries)


@pytest.mark.parametrize("url", ALLOWED)
def test_a_public_web_server_may_be_connected_to(url):
    place = checked(url, lookup=lookup)
    assert place.addresses and place.origin.startswith("https://") and place.url.isascii()


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: url[:50] or "empty")
def test_anything_else_is_refused_with_a_sentence(url):
    with pytest.raises(Invalid) as refused:
        checked(url, lookup=lookup)
    assert str(refused.value).endswith(".")
    assert "secret" not in str(refused.value) and "192.168.1.4" not in str(refused.value)


def test_a_url_is_written_one_way():
    assert parsed("https://BÜCHER.example:443/a b".replace(" ", "%20")).url == "https://xn--bcher-kva.example/a%20b"
    assert parsed("https://[2606:2800:0220:0001:0:0:0:1]:8443/v1").origin == "https://[2606:2800:220:1::1]:8443"


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("http://ollama:11434/v1", "ollama:11434"),
        ("http://ollama:11434/v1", "ollama"),
        ("http://127.0.0.1:8000/v1", "127.0.0.1"),
        ("http://127.0.0.1:8000/v1", "127.0.0.1:8000"),
        ("http://localhost:8000/v1", "localhost:8000"),
        ("http://inside.example.com:8000/v1", "192.168.0.0/16"),
        ("http://[::1]:8000/v1", "[::1]:8000"),
        ("http://[::1]:8000/v1", "::1"),
        ("https://mapped.example.com/", "127.0.0.0/8"),
        ("https://api.example.com:8000/v1", "api.example.com:8000"),
    ],
)
def test_what_the_operator_lists_may_be_anywhere_and_speak_http(url, entry):
    assert checked(url, allow=listing(entry), lookup=lookup).port == parsed(url).port


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("http://ollama:11435/v1", "ollama:11434"),
        ("http://127.0.0.1:6379/", "127.0.0.1:8000"),
        ("http://half.example.com/", "93.184.216.34"),
        ("http://half.example.com/", "10.0.0.0/24"),
        ("https://localtest.example.com/", "localhost"),
        ("https://xollama/", "ollama"),
        ("https://10.0.1.1/", "10.0.0.0/24"),
    ],
)
def test_a_list_opens_no_more_than_it_says(url, entry):
    with pytest.raises(Invalid):
        checked(url, allow=listing(entry), lookup=lookup)


def test_an_entry_that_cannot_be_read_is_a_start_up_error_with_its_name(settings):
    settings.ENDPOINT_HOSTS = ["10.0.0.0/33"]
    assert any("DRAGOMAN_ENDPOINT_HOSTS holds '10.0.0.0/33'" in str(one) for one in run_checks())


def test_no_list_is_the_default(settings):
    assert settings.ENDPOINT_HOSTS == [] and settings.IMPORT_HOSTS == []
