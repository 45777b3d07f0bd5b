"""The egress client's guard: which addresses are public, and which spellings are refused."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from ipaddress import ip_address

import pytest

from bots.egress import (
    PER_ORIGIN,
    Egress,
    NotSentError,
    RefusedAddressError,
    UnknownOutcomeError,
    is_public,
    parse_url,
)
from bots.guarded_sockets import opener
from bots.outgoing.smtp import TLS_PORT, SmtpServer, deliver
from bots.polling.mailbox import _Session
from funnel.channels.outbound import ErrorClass
from funnel.channels.port import Account
from funnel.channels.request import Secret
from funnel.core.settings import EgressSettings
from tests.simulators.http_double import Answer, http_double

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254",  # noqa: S104
    "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
REFUSED = [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://x/", "https:///path", "https://", "",
    "https://user:pass@example.com/", "https://a@example.com/", "https://exa mple.com/", "https://example.com/\n", "//example.com",
    "example.com", "javascript:alert(1)", "https://example.com/" + "a" * 5000, "https://example.com:port/",
]  # fmt: skip
TO_US = [
    "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://0/",
    "https://localhost/", "https://LOCALHOST./", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://127.0.0.1:8443/",
    "https://①②⑦.⓪.⓪.①/",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("url", REFUSED)
def test_addresses_that_are_refused_unread(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        parse_url(url)


@pytest.mark.parametrize("url", TO_US)
async def test_no_spelling_reaches_the_inside(url: str) -> None:
    egress = Egress(EgressSettings())
    with pytest.raises((RefusedAddressError, NotSentError)):
        await egress.call("GET", url)
    await egress.close()


async def test_redirects_are_not_followed_bodies_are_cut_and_outcomes_told_apart() -> None:
    egress = Egress(EgressSettings(allow_private=True))
    async with http_double() as double:
        double.script.extend([
            Answer(302, {}, {"location": "http://169.254.169.254/"}), Answer(200, b"x" * 5000), Answer(breaks=True),
        ])  # fmt: skip
        assert (await egress.call("GET", double.url)).status == 302
        assert len((await egress.call("GET", double.url, most_bytes=100)).body) == 100
        with pytest.raises(UnknownOutcomeError):
            await egress.call("POST", double.url, content=b"{}")
        assert [one.headers["host"] for one in double.taken] == [double.url.removeprefix("http://")] * 3
    with pytest.raises(NotSentError):
        await egress.call("GET", "http://127.0.0.1:9/")
    await egress.close()


async def test_calls_to_one_origin_share_connections_and_nothing_is_unpacked() -> None:
    egress = Egress(EgressSettings(allow_private=True))
    async with http_double(lambda taken: Answer(200, b"\x1f\x8b", {"content-encoding": "gzip"})) as double:
        for _ in range(5):
            assert (await egress.call("POST", double.url, content=b"{}")).body == b"\x1f\x8b"
        assert double.connections == 1
        await asyncio.gather(
            *(egress.call("POST", double.url, content=b"{}") for _ in range(PER_ORIGIN + 40))
        )
        assert 1 < double.connections <= PER_ORIGIN
    await egress.close()


async def test_what_is_escaped_arrives_as_it_was_signed() -> None:
    egress = Egress(EgressSettings(allow_private=True))
    async with http_double() as double:
        await egress.call("GET", f"{double.url}/a%2Fb/%7e?x=%2B+1&y=a%20b#part")
        assert double.taken[0].path == "/a%2Fb/%7e?x=%2B+1&y=a%20b"
    await egress.close()


@contextlib.contextmanager
def listener() -> Iterator[socket.socket]:
    """Somebody on this machine who waits to be called."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def called(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def test_a_mail_server_on_a_private_address_is_never_connected_to() -> None:
    mail = EmailMessage()
    mail["Message-ID"] = "<1@shop.example>"
    with listener() as server:
        port = server.getsockname()[1]
        for host, at in (("127.0.0.1", port), ("localhost", port), ("127.0.0.1", TLS_PORT)):
            result = deliver(mail, SmtpServer(host, at), opener(EgressSettings()))
            assert (result.failed, result.code) == (ErrorClass.CONFIG, "the host is not a public one")
        assert not called(server)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mailbox_on_a_private_address_is_never_connected_to(security: str) -> None:
    with listener() as server:
        secret = Secret.of(
            imap_host="127.0.0.1", imap_port=str(server.getsockname()[1]), imap_security=security
        )
        session = _Session(
            Account("1", "1", "email", "Mail", "1", secret), opener(EgressSettings()), allow_plain=False
        )
        with pytest.raises(RefusedAddressError):
            session.open()
        session.close()
        assert not called(server)


def test_closed_networks_may_be_let_in() -> None:
    with listener() as server:
        with opener(EgressSettings(allow_private=True))("127.0.0.1", server.getsockname()[1], 5.0):
            pass
        assert called(server)
