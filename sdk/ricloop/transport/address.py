"""Where a peer is: `tcp://127.0.0.1:36421`, `sctp://[::1]:36421`, with several paths `sctp://10.0.0.1,10.1.0.1:36421`."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import ConfigError, nearest

SCHEMES = ("tcp", "sctp")
_EXAMPLE = "tcp://127.0.0.1:36421"


@dataclass(frozen=True, slots=True)
class Address:
    """`host` is a name or an IP address, without brackets; port 0 lets the system choose one to listen on."""

    scheme: str
    host: str
    """SCTP takes several, with commas between: the addresses of one multi-homed peer."""
    port: int

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(self.host.split(","))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse_address(text: str | Address) -> Address:
    """Read an address. Raises ConfigError that names what is wrong with it and shows a right one."""
    if isinstance(text, Address):
        return text
    scheme, separator, rest = text.partition("://")
    if not separator:
        raise ConfigError(f"address {text!r} has no scheme: write {_EXAMPLE} (schemes: {', '.join(SCHEMES)})")
    if scheme not in SCHEMES:
        known = ", ".join(SCHEMES)
        raise ConfigError(f"address {text!r}: no transport is called {scheme!r} ({known}).{nearest(scheme, SCHEMES)}")
    host, port = _split(text, rest)
    if not host:
        raise ConfigError(f"address {text!r} has no host: write one as in {_EXAMPLE}")
    _check_hosts(text, scheme, host.split(","))
    if not port:
        raise ConfigError(f"address {text!r} has no port: write one as in {scheme}://{_bracketed(host)}:36421")
    if not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise ConfigError(f"address {text!r}: port {port!r} is not in 0..65535")
    return Address(scheme, host, int(port))


def _check_hosts(text: str, scheme: str, hosts: list[str]) -> None:
    if len(hosts) > 1 and scheme != "sctp":
        raise ConfigError(f"address {text!r}: only sctp:// takes several hosts; write one, as in {_EXAMPLE}")
    for host in hosts:
        if not host or hosts.count(host) > 1:
            wrong = f"{host!r} is there twice" if host else "an empty one is there"
            raise ConfigError(f"address {text!r}: of several hosts {wrong}; write sctp://10.0.0.1,10.1.0.1:36421")
        try:
            host.encode("idna")
        except UnicodeError:
            raise ConfigError(f"address {text!r}: {host!r} cannot be the name of a host") from None


def _split(text: str, rest: str) -> tuple[str, str]:
    if rest.startswith("["):
        host, bracket, port = rest[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise ConfigError(f"address {text!r}: an IPv6 address is written [::1]:36421")
        return host, port[1:]
    if rest.count(":") > 1:
        raise ConfigError(f"address {text!r}: put an IPv6 address in brackets, as in [::1]:36421")
    host, _, port = rest.partition(":")
    return host, port


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def host_and_port(where: str, option: str, example: str) -> tuple[str, int]:
    """Of HOST:PORT, which `option` was given. Raises ConfigError that shows a right one, as `example`."""
    host, colon, port = where.rpartition(":")
    if not colon or not host or "/" in host or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise ConfigError(f"{option} {where}: write HOST:PORT, as {example}")
    return host.strip("[]"), int(port)
