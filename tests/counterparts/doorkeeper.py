"""Before a server that others wrote: lets in who has the token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import JSONResponse

Application = Callable[[Any, Any, Any], Awaitable[None]]


def guarded(inner: Application, path: str, token: str) -> Application:
    """The ASGI application; who comes to `path` without the token is told that, with what was shown."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        shown = dict(scope.get("headers", ())).get(b"authorization", b"").decode()
        if scope["type"] == "http" and scope["path"] == path and shown != f"Bearer {token}":
            await JSONResponse({"error": f"{shown} is not known here"}, status_code=401)(scope, receive, send)
        else:
            await inner(scope, receive, send)

    return application
