"""What Temporal's SDK logs: on stderr, and only what a user of the command can do something about."""

from __future__ import annotations

import logging
from functools import cache

from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from interpreter.temporal.names import LOGGER


@cache
def set_up(*, service: bool) -> None:
    """For this process. A service tells of each happening, with the time; a command tells in its own words, so the SDK only of errors."""
    if service:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    else:
        logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    # What the function `log` tells is, without a service, among what the command tells of the run.
    logging.getLogger(LOGGER).propagate = service
    logging.getLogger(LOGGER).addHandler(logging.NullHandler())
    # The SDK's core writes on stdout unless its log is handed to Python.
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporalio"))
    level = "WARN" if service else "ERROR"
    told = LoggingConfig(filter=TelemetryFilter(core_level=level, other_level="ERROR"), forwarding=forwarding)
    # A process that ran a command before has a runtime already (the tests do); a command's own log settings replace it.
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=told)), error_if_already_set=False)
