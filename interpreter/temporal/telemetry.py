"""Spans, where the environment asks for them by OpenTelemetry's own variables."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from temporalio.contrib.opentelemetry import TracingInterceptor

_GROUP = "opentelemetry_traces_exporter"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def interceptors(environment: Mapping[str, str]) -> list[TracingInterceptor]:
    """The SDK's interceptor when an exporter is named (`OTEL_TRACES_EXPORTER`, or an OTLP endpoint); nothing otherwise.

    For a client, whose workers take it over. A provider that the process has already is used as it is.
    `LookupError`, worded for people, when the exporter is not installed.
    """
    named = environment.get("OTEL_TRACES_EXPORTER") or ("otlp" if any(environment.get(name) for name in _ENDPOINTS) else "none")
    if named == "none" or environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return []
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        provider = TracerProvider()
        for name in named.split(","):
            provider.add_span_processor(BatchSpanProcessor(_exporter(name.strip(), environment)))
        trace.set_tracer_provider(provider)
    return [TracingInterceptor()]


def flush() -> None:
    """Send the spans that are still held; before the end of the process."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.shutdown()


def _exporter(name: str, environment: Mapping[str, str]) -> SpanExporter:
    protocol = environment.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environment.get("OTEL_EXPORTER_OTLP_PROTOCOL") or "grpc"
    entry = name if name != "otlp" else f"otlp_proto_{protocol.partition('/')[0]}"
    found = next(iter(entry_points(group=_GROUP, name=entry)), None)
    if found is None:
        cure = f"install opentelemetry-exporter-{entry.replace('_', '-')}" if name == "otlp" else "check OTEL_TRACES_EXPORTER"
        raise LookupError(f"there is no OpenTelemetry exporter '{entry}' here: {cure}")
    exporter: SpanExporter = found.load()()
    return exporter
