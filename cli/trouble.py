"""Trouble with the server in words: what is wrong, and what to do about it."""

from __future__ import annotations

from temporalio.service import RPCError, RPCStatusCode


def of_connecting(error: Exception, address: str) -> str:
    """Why no connection came about; the SDK has only one text for it, in Rust's words."""
    text = str(error)
    if "dns error" in text:
        return f"the host of '{address}' is not known: check --address"
    if "ConnectionRefused" in text or "refused" in text:
        return f"no Temporal server answers at {address}: start it, or name another with --address"
    if "InvalidContentType" in text:
        return f"the server at {address} does not speak TLS: leave --tls and --api-key out, or check the address"
    if "certificate" in text or "UnknownIssuer" in text:
        return f"the certificate of the server at {address} is not accepted: name its authority with --tls-ca-path"
    if "get_system_info" in text:
        return f"what answers at {address} is no Temporal server, or wants TLS (--tls): check --address"
    return f"no connection to the Temporal server at {address}: {_line(text)}"


def of_call(error: RPCError, address: str, namespace: str, run: str | None) -> str:
    """Why the server refused a call, or did not answer it."""
    text = _line(error.message)
    match error.status:
        case RPCStatusCode.NOT_FOUND if text.lower().startswith("namespace"):
            create = f"create it with 'temporal operator namespace create --namespace {namespace}'"
            return f"the server at {address} has no namespace '{namespace}': {create}, or name another with --namespace"
        case RPCStatusCode.NOT_FOUND if run is not None:
            return f"there is no run '{run}' in namespace '{namespace}' at {address}: 'swtemporal list' shows those there are"
        case RPCStatusCode.UNAVAILABLE | RPCStatusCode.DEADLINE_EXCEEDED:
            return f"the Temporal server at {address} does not answer ({text})"
        case RPCStatusCode.UNAUTHENTICATED:
            return f"the Temporal server at {address} wants to know who asks: give --api-key, or --tls-cert-path and --tls-key-path"
        case RPCStatusCode.PERMISSION_DENIED:
            return f"no permission in namespace '{namespace}' at {address}: {text}"
        case _:
            return f"the Temporal server at {address} says: {text}"


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 300 else f"{flat[:297]}..."  # noqa: PLR2004  what still is one line
