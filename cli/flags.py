"""Options that several commands share, and how a command gets the whole set for the connection as one object."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Annotated, Any, get_type_hints

import typer

from cli.exits import refuse
from cli.terminal import Form

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORT = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")
_PANEL = "Connection (Temporal's own flags, environment variables and profiles)"

Document = Annotated[str, typer.Argument(metavar="FILE", help="The document, or - for stdin.", show_default=False)]
Input = Annotated[
    list[str] | None,
    typer.Option("-i", "--input", metavar="JSON|@FILE|-|KEY=VALUE", help="The input; key=value may be repeated.", show_default=False),
]
With = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="FILE|FOLDER", help="Documents it runs as sub-workflows; may be repeated.", show_default=False),
]
Catalog = Annotated[
    list[str] | None,
    typer.Option("--catalog", metavar="NAME=FOLDER", help="A catalog of functions in a folder; may be repeated.", show_default=False),
]
Again = Annotated[bool, typer.Option("--again", help="Run anew, although a run of this id has ended.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Do not tell what happens meanwhile.")]
MapOrigin = Annotated[
    list[str] | None,
    typer.Option(
        "--map-origin",
        metavar="FROM=TO",
        help="Send requests for one origin to another, such as https://a.example=http://localhost:8080; may be repeated.",
        show_default=False,
    ),
]
EventSink = Annotated[
    str | None, typer.Option("--event-sink", metavar="URL", help="Where emitted events are sent, by HTTP.", show_default=False)
]
LifecycleEvents = Annotated[
    bool, typer.Option("--lifecycle-events", help="Send what happens in the run to the workers' event sink, as CloudEvents.")
]
Secrets = Annotated[
    list[str] | None,
    typer.Option(
        "--secrets",
        envvar="SWTEMPORAL_SECRETS",
        metavar="PLACE",
        help="Where secrets are: env, dir:PATH or vault:URL#MOUNT; may be repeated, the first that has one gives it. Default: env.",
        show_default=False,
    ),
]
GrantedBeside = Annotated[
    str | None,
    typer.Option(
        "--policy",
        metavar="FILE",
        help="What functions that it fetches may have this worker do beside what is harmless: rules as of 'worker --policy'.",
        show_default=False,
    ),
]
Cache = Annotated[
    str | None,
    typer.Option(
        "--cache",
        envvar="SWTEMPORAL_CACHE",
        metavar="PLACE",
        help="Where results are kept of tasks that want that: memory, off, sqlite:PATH, postgresql://… or redis://….",
        show_default=False,
    ),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Have every task performed, and its result kept in place of an older one.")]
Run = Annotated[str, typer.Argument(metavar="RUN", help="The run's id.", show_default=False)]
Out = Annotated[Form, typer.Option("-o", "--output", help="How the result is written.")]
Timeout = Annotated[
    str | None,
    typer.Option("--timeout", metavar="DURATION", help="Wait no longer than this (30, 90s, 5m, 2h, PT5M); exit 5.", show_default=False),
]


def _option(*names: str, metavar: str | None = None, help: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=help, rich_help_panel=_PANEL, show_default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the command line says about the connection; None where it says nothing."""

    address: Annotated[str | None, _option("--address", metavar="HOST:PORT", help="The Temporal server (TEMPORAL_ADDRESS).")] = None
    namespace: Annotated[str | None, _option("--namespace", "-n", help="The Temporal namespace (TEMPORAL_NAMESPACE).")] = None
    api_key: Annotated[str | None, _option("--api-key", help="The API key (TEMPORAL_API_KEY); switches TLS on.")] = None
    tls: Annotated[bool | None, _option("--tls/--no-tls", help="Encrypt the connection (TEMPORAL_TLS).")] = None
    tls_cert_path: Annotated[str | None, _option("--tls-cert-path", metavar="FILE", help="The client's certificate.")] = None
    tls_key_path: Annotated[str | None, _option("--tls-key-path", metavar="FILE", help="The client's private key.")] = None
    tls_ca_path: Annotated[str | None, _option("--tls-ca-path", metavar="FILE", help="The authority the server's certificate is from.")] = (
        None
    )
    tls_server_name: Annotated[str | None, _option("--tls-server-name", help="The name in the server's certificate.")] = None
    profile: Annotated[str | None, _option("--profile", help="The profile in the configuration file (TEMPORAL_PROFILE).")] = None
    config_file: Annotated[str | None, _option("--config-file", metavar="FILE", help="Instead of the user's temporal.toml.")] = None


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameter `flags: Flags` becomes the options of the connection, the same ones in every command."""
    hints = get_type_hints(command, include_extras=True)
    own = [parameter for name, parameter in inspect.signature(command).parameters.items() if name != "flags"]
    shared = get_type_hints(Flags, include_extras=True)

    @wraps(command)
    def with_flags(**given: Any) -> None:
        flags = Flags(**{name: given.pop(name) for name in shared})
        command(**given, flags=flags)

    extra = [inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default) for field in fields(Flags)]
    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own] + extra
    signature = inspect.Signature([one.replace(annotation=(hints | shared)[one.name]) for one in parameters])
    with_flags.__signature__ = signature  # type: ignore[attr-defined]
    with_flags.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
    return with_flags


def seconds(text: str | None, option: str) -> float | None:
    """The seconds of a duration as people write it (`30`, `1.5s`, `5m`, `2h`) or as ISO 8601 has it; a usage error for anything else."""
    if text is None:
        return None
    found = _SHORT.fullmatch(text)
    if found:
        return float(found[1]) * _UNITS[found[2]]
    from interpreter.durations import milliseconds

    try:
        return milliseconds(text) / 1000
    except ValueError:
        refuse(f"{option} takes a duration such as 30, 90s, 5m, 2h or PT5M, found '{text}'")
