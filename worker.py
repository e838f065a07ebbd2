"""A worker: runs workflows of any document, and their calls, from one task queue until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import Worker

from activities.assembly import assembled
from activities.attach import attach
from activities.cache import places as caches
from activities.http.origins import parse
from activities.policy_file import policy_of
from activities.secrets import places
from activities.settings import Settings
from interpreter.defaults import TASK_QUEUE
from interpreter.evaluation.child_evaluator import shared
from interpreter.temporal import telemetry
from interpreter.temporal.client import ADDRESS, NAMESPACE, connect
from interpreter.temporal.serve import GRACE, worker

_log = logging.getLogger("swtemporal")


@asynccontextmanager
async def serving(client: Client, task_queue: str, settings: Settings, grace: timedelta = GRACE) -> AsyncIterator[Worker]:
    """A worker, not yet running, and what its activities need."""
    async with assembled(settings, shared(), client) as activities:
        yield worker(client, task_queue, [*activities, attach], grace=grace)


async def serve(client: Client, task_queue: str, settings: Settings, grace: timedelta = GRACE) -> None:
    """Serve the queue until SIGTERM or SIGINT; then nothing new is taken, and what runs may end within the grace, or is left to another worker."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with serving(client, task_queue, settings, grace) as served, served:
        _log.info("serving the task queue '%s' of namespace '%s'", task_queue, client.namespace)
        await stop.wait()


def _arguments(environment: Mapping[str, str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="worker.py", description=__doc__)
    parser.add_argument("--address", metavar="HOST:PORT", help="the Temporal server (TEMPORAL_ADDRESS)")
    parser.add_argument("--namespace", help="the Temporal namespace (TEMPORAL_NAMESPACE)")
    parser.add_argument("--profile", help="the profile in Temporal's configuration file (TEMPORAL_PROFILE)")
    parser.add_argument("--task-queue", default=environment.get("SWTEMPORAL_TASK_QUEUE", TASK_QUEUE), help="default: %(default)s")
    parser.add_argument("--event-sink", metavar="URL", default=environment.get("SWTEMPORAL_EVENT_SINK"), help="where emitted events go")
    parser.add_argument("--map-origin", metavar="FROM=TO", action="append", default=environment.get("SWTEMPORAL_MAP_ORIGIN", "").split())
    parser.add_argument(
        "--secrets",
        metavar="PLACE",
        action="append",
        default=environment.get("SWTEMPORAL_SECRETS", "").split(),
        help="where secrets are: env (the default), dir:PATH or vault:URL#MOUNT; the first that has one gives it",
    )
    parser.add_argument(
        "--cache",
        metavar="PLACE",
        help="where results are kept of tasks that want that: memory (the default), off, sqlite:PATH, postgresql://… or redis://…",
    )
    parser.add_argument(
        "--policy", metavar="FILE", default=environment.get("SWTEMPORAL_POLICY"), help="what documents may have it do (SECURITY.md)"
    )
    parser.add_argument(
        "--allow",
        metavar="HOST",
        action="append",
        default=environment.get("SWTEMPORAL_ALLOW", "").split(),
        help="without a policy: a host, address or network beside the public ones that documents may reach",
    )
    parser.add_argument(
        "--grace",
        metavar="SECONDS",
        type=float,
        default=environment.get("SWTEMPORAL_GRACE", GRACE.total_seconds()),
        help="how long calls may go on after SIGTERM; shorter than whoever stops it waits (default: %(default)s)",
    )
    return parser.parse_args()


def _settings(arguments: argparse.Namespace) -> Settings:
    return Settings(
        environment=os.environ,
        secrets=places.parse(arguments.secrets, os.environ),
        origins=parse(arguments.map_origin),
        event_sink=arguments.event_sink,
        policy=policy_of(arguments.policy, arguments.allow),
        # Not the parser's default: an address may hold a password, and --help shows defaults.
        cache=caches.parse(arguments.cache or os.environ.get("SWTEMPORAL_CACHE") or caches.MEMORY.kind),
    )


async def run(arguments: argparse.Namespace) -> None:
    """Connect as Temporal's own configuration and the arguments say, and serve; wrong arguments are told before."""
    settings = _settings(arguments)
    config = ClientConfig.load_client_connect_config(arguments.profile)
    address, namespace = config.pop("target_host", ADDRESS), config.pop("namespace", NAMESPACE)
    interceptors = telemetry.interceptors(os.environ)
    client = await connect(arguments.address or address, arguments.namespace or namespace, config, interceptors=interceptors)
    await serve(client, arguments.task_queue, settings, timedelta(seconds=arguments.grace))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    code = 0
    try:
        asyncio.run(run(_arguments(os.environ)))
    except (RuntimeError, ValueError, LookupError, OSError) as error:
        sys.stderr.write(f"worker.py: {error}\n")
        code = 1
    telemetry.flush()
    os._exit(code)  # Temporal's client may crash in an ordinary exit (sdk-python issue 300)
