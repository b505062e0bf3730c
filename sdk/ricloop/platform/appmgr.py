"""Registration of an xApp with O-RAN SC's app manager: where, and what is said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ricloop.core.errors import ConfigError
from ricloop.link.ask import Url, parse_url
from ricloop.platform.descriptor import CONFIG

USUAL = "http://service-ricplt-appmgr-http.ricplt:8080"
"""Where a platform has it."""
NAMESPACE = "ricxapp"
"""The app manager looks for xApps in this one, whatever they say."""


def manager_at(url: str) -> Url:
    """An app manager's address. Raises ConfigError that shows a right one."""
    parsed = parse_url(url, "--appmgr", f"http://HOST:PORT, as {USUAL}")
    if parsed.path != "/":
        raise ConfigError(f"--appmgr {url}: write http://HOST:PORT, without a path, as {USUAL}")
    return parsed


@dataclass(frozen=True, slots=True)
class AppManager:
    """One xApp's registration."""

    url: Url
    instance: str
    """The host's name: of this pod."""
    version: str
    name: str
    rmr_host: str
    """Its RMR Service, `service-ricxapp-NAME-rmr.ricxapp`; that of HTTP differs in one word."""
    http_port: int
    rmr_port: int

    @classmethod
    def of(
        cls, url: str, config: Mapping[str, Any], environment: Mapping[str, str], http_port: int, rmr_port: int
    ) -> AppManager:
        """Of an xApp with this descriptor. Raises ConfigError for what is no address of an app manager."""
        parsed = manager_at(url)
        name = str(config["xapp_name"])
        host = environment.get("RMR_SRC_ID") or f"service-{NAMESPACE}-{name}-rmr.{NAMESPACE}"
        instance = environment.get("HOSTNAME") or name
        return cls(parsed, instance, str(config["version"]), name, host, http_port, rmr_port)

    def registration(self, config: Mapping[str, Any]) -> tuple[Url, bytes]:
        """Where to POST, and what. The configuration goes in it, so that nobody has to ask for it."""
        http_host = "-http".join(self.rmr_host.rsplit("-rmr", 1))
        return self._post(
            "register",
            {
                "appName": self.instance,
                "appVersion": self.version,
                "configPath": CONFIG,
                "appInstanceName": self.name,
                "httpEndpoint": f"{http_host}:{self.http_port}",
                "rmrEndpoint": f"{self.rmr_host}:{self.rmr_port}",
                "config": json.dumps(config),
            },
        )

    def deregistration(self) -> tuple[Url, bytes]:
        """The same, of the end."""
        return self._post("deregister", {"appName": self.instance, "appInstanceName": self.name})

    def _post(self, what: str, said: Mapping[str, str]) -> tuple[Url, bytes]:
        return replace(self.url, path=f"/ric/v1/{what}"), json.dumps(said).encode()
