"""Which environment asks for spans."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from temporalio.contrib.opentelemetry import TracingInterceptor

from interpreter.temporal import telemetry


@pytest.fixture(autouse=True)
def no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the process had no provider, and kept none."""
    monkeypatch.setattr(trace, "get_tracer_provider", trace.ProxyTracerProvider)
    monkeypatch.setattr(trace, "set_tracer_provider", lambda _: None)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
    ],
)
def test_nothing_is_sent_unless_it_is_asked_for(environment: dict[str, str]):
    assert telemetry.interceptors(environment) == []


def test_a_named_exporter_is_used():
    (found,) = telemetry.interceptors({"OTEL_TRACES_EXPORTER": "console"})

    assert isinstance(found, TracingInterceptor)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, "install opentelemetry-exporter-otlp-proto-grpc"),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"},
            "install opentelemetry-exporter-otlp-proto-http",
        ),
        ({"OTEL_TRACES_EXPORTER": "unheard-of"}, "check OTEL_TRACES_EXPORTER"),
    ],
)
def test_an_exporter_that_is_missing_is_named_with_its_cure(environment: dict[str, str], words: str):
    with pytest.raises(LookupError, match=words):
        telemetry.interceptors(environment)
