"""Pinning an address changes nothing about the name: it is what the server is asked for, and what its certificate must be for."""

import asyncio
import datetime
import ssl
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from pipelines.outbound import Access, Checked, client, pinned, probe
from pipelines.outbound.allowed import allow_list
from tests.pipelines.outbound.test_client import NAME, Server, asks, serving


def certificate(folder: Path, name: str) -> Path:
    """A certificate for that name, signed by itself, with its key in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


@pytest.fixture
def server(tmp_path, monkeypatch) -> Iterator[tuple[Server, list[str | None]]]:
    """A TLS server at 127.0.0.2 with a trusted certificate for `NAME`, and the names it was asked for."""
    file = certificate(tmp_path, NAME)
    monkeypatch.setattr(pinned, "_tls", lambda: ssl.create_default_context(cafile=file))
    asked_for: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    with serving("127.0.0.2") as running:
        running.socket = context.wrap_socket(running.socket, server_side=True)
        yield running, asked_for


def place_at(server: Server, name: str) -> Checked:
    url = f"https://{name}:{server.port}"
    return Checked(f"{url}/v1", name, server.port, ("127.0.0.2",), url)


def test_the_server_is_asked_for_by_its_name_and_its_certificate_is_for_that(server):
    running, asked_for = server
    place = place_at(running, NAME)
    asyncio.run(asks(place.url, client(place)))
    assert asked_for == [NAME] and running.asked[0][1]["host"] == f"{NAME}:{running.port}"


def test_a_certificate_for_another_name_gets_no_key(server):
    running, _ = server
    place = place_at(running, "other.example.com")
    with pytest.raises(openai.APIConnectionError):
        asyncio.run(asks(place.url, client(place)))
    assert not running.asked


def test_trying_an_endpoint_says_that_it_is_the_certificate(server):
    running, _ = server
    access = Access("one", f"https://127.0.0.2:{running.port}/v1", "sk-canary", allow_list("X", ("127.0.0.2",)))
    assert probe(access).text == "Its certificate is not valid for its name."
    assert not running.asked
