"""What flags, environment and the user's temporal.toml say about the connection; read by Temporal's own loader, so as everywhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from temporalio.client import ClientConnectConfig
from temporalio.envconfig import ClientConfigProfile, ClientConfigTLS

from cli.exits import refuse
from cli.flags import Flags

NAMESPACE = "default"


@dataclass(frozen=True, slots=True)
class Wish:
    """The connection as wished: `address` None when nothing names a server, `config` the rest of `Client.connect`'s arguments."""

    address: str | None
    namespace: str
    config: ClientConnectConfig


def wish(flags: Flags) -> Wish:
    """Flags win over environment variables, these over the file; ends with a usage error when what they name cannot be read."""
    profile = _with_flags(_loaded(flags), flags)
    try:
        config = profile.to_client_connect_config()
    except OSError as error:
        refuse(f"the connection needs '{error.filename}': {error.strerror}")
    address, namespace = config.pop("target_host", None), config.pop("namespace", NAMESPACE)
    if address is not None and not address.rpartition(":")[2].isdecimal():
        refuse(f"the address of the Temporal server is HOST:PORT, found '{address}'")
    # The configuration's own type and the client's differ only in which keys may be missing.
    return Wish(address, namespace, cast("ClientConnectConfig", config))


def _loaded(flags: Flags) -> ClientConfigProfile:
    source = None if flags.config_file is None else Path(flags.config_file)
    if source is not None and not source.is_file():
        refuse(f"--config-file: there is no file '{source}'")
    try:
        return ClientConfigProfile.load(profile=flags.profile, config_source=source)
    except RuntimeError as error:
        refuse(f"Temporal's configuration: {' '.join(str(error).split())}")


def _with_flags(profile: ClientConfigProfile, flags: Flags) -> ClientConfigProfile:
    return replace(
        profile,
        address=flags.address or profile.address,
        namespace=flags.namespace or profile.namespace,
        api_key=flags.api_key or profile.api_key,
        tls=_tls(profile.tls, flags),
    )


def _tls(known: ClientConfigTLS | None, flags: Flags) -> ClientConfigTLS | None:
    given = (flags.tls, flags.tls_cert_path, flags.tls_key_path, flags.tls_ca_path, flags.tls_server_name)
    if all(one is None for one in given):
        return known
    known = known or ClientConfigTLS()
    return ClientConfigTLS(
        disabled=known.disabled if flags.tls is None else not flags.tls,
        server_name=flags.tls_server_name or known.server_name,
        server_root_ca_cert=_path(flags.tls_ca_path) or known.server_root_ca_cert,
        client_cert=_path(flags.tls_cert_path) or known.client_cert,
        client_private_key=_path(flags.tls_key_path) or known.client_private_key,
    )


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
