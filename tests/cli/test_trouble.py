from __future__ import annotations

import pytest
from temporalio.service import RPCError, RPCStatusCode

from cli.trouble import of_call, of_connecting


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('… ConnectError("tcp connect error", 127.0.0.1:1, Os { kind: ConnectionRefused })', "no Temporal server answers at h:1"),
        ('… "dns error", failed to lookup', "the host of 'h:1' is not known"),
        ("… InvalidMessage(InvalidContentType)", "does not speak TLS"),
        ("… invalid peer certificate: UnknownIssuer", "name its authority with --tls-ca-path"),
        ("`get_system_info` call error after connection", "is no Temporal server, or wants TLS"),
        ("something\n else", "no connection to the Temporal server at h:1: something else"),
    ],
)
def test_of_connecting(text: str, told: str) -> None:
    assert told in of_connecting(RuntimeError(text), "h:1")


@pytest.mark.parametrize(
    ("status", "text", "told"),
    [
        (RPCStatusCode.NOT_FOUND, "Namespace n is not found.", "has no namespace 'n': create it with"),
        (RPCStatusCode.NOT_FOUND, "workflow not found for ID: r", "there is no run 'r' in namespace 'n' at h:1"),
        (RPCStatusCode.UNAVAILABLE, "tcp connect error", "the Temporal server at h:1 does not answer (tcp connect error)"),
        (RPCStatusCode.UNAUTHENTICATED, "x", "give --api-key, or --tls-cert-path and --tls-key-path"),
        (RPCStatusCode.PERMISSION_DENIED, "no", "no permission in namespace 'n' at h:1: no"),
        (RPCStatusCode.INVALID_ARGUMENT, "a\nb", "the Temporal server at h:1 says: a b"),
    ],
)
def test_of_call(status: RPCStatusCode, text: str, told: str) -> None:
    assert told in of_call(RPCError(text, status, b""), "h:1", "n", "r")
