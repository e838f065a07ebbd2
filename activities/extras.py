"""Features whose libraries are not installed with every worker."""

from __future__ import annotations

from interpreter.faults import Fault, fault


def missing(feature: str, extra: str) -> Fault:
    """A `configuration` fault that names the extra which a feature (`call: grpc`) needs, and how it is installed."""
    return fault("configuration", f"{feature} needs the extra '{extra}' on the worker: pip install 'swtemporal[{extra}]'")
