"""A small agent that speaks either wire version of A2A, or both, in a test's counterpart."""

from __future__ import annotations

import json

from tests.counterparts import Reply

TASKS = {"t-1": {"id": "t-1", "status": {"state": "completed"}}}
METHODS = {
    "0.3": {
        "message/send": "send", "message/stream": "stream", "tasks/get": "get", "tasks/resubscribe": "stream",
    },
    "1.0": {
        "SendMessage": "send", "SendStreamingMessage": "stream", "GetTask": "get", "SubscribeToTask": "stream",
    },
}  # fmt: skip
"""Of each version what is answered with more than what came; all other methods give their parameters back."""


class Agent:
    """Answers at `/a2a` of a counterpart, in `versions`; its card is at `/card`."""

    def __init__(self, counterpart, *versions, credentials=None):
        self.origin, self._versions, self._credentials = counterpart.origin, versions, credentials
        self.requests = []
        counterpart.replies["/a2a"] = self._answer

    @property
    def messages(self):
        return [request.json() for request in self.requests]

    def _answer(self, received):  # noqa: PLR0911  one answer per case
        self.requests.append(received)
        if self._credentials and self._credentials(received) is not True:
            return Reply.json({"error": "who are you?"}, 401)
        message = received.json()
        version = received.headers.get("a2a-version", "0.3")
        known = version in self._versions and ("/" in message["method"]) is (version == "0.3")
        if not known:
            code = -32601 if "1.0" in self._versions else -32009
            return self._error(message, code, "not spoken here")
        match METHODS[version].get(message["method"]):
            case "send":
                parts = message["params"]["message"]["parts"]
                return self._result(message, {"kind": "message", "parts": parts} if version == "0.3" else {"message": {"parts": parts}})
            case "stream":
                states = ["submitted", "working", "completed"]
                final = {"final": True} if version == "0.3" else {}
                return self._events(message, [*({"state": state} for state in states[:2]), {"state": states[2], **final}])
            case "get" if message["params"]["id"] not in TASKS:
                return self._error(message, -32001, "Task not found")
            case "get":
                return self._result(message, TASKS[message["params"]["id"]])
        return self._result(message, message.get("params"))

    def _result(self, message, result):
        return Reply.json({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _error(self, message, code, text):
        return Reply.json({"jsonrpc": "2.0", "id": message["id"], "error": {"code": code, "message": text}})

    def _events(self, message, results):
        body = "".join(f"data: {json.dumps({'jsonrpc': '2.0', 'id': message['id'], 'result': one})}\r\n\r\n" for one in results)
        return Reply(200, body.encode(), {"Content-Type": "text/event-stream; charset=utf-8"})


def old_card(origin, **more):
    return {"name": "stub", "protocolVersion": "0.3.0", "url": f"{origin}/a2a", "preferredTransport": "JSONRPC", "version": "1", **more}


def new_card(origin, **more):
    interface = {"url": f"{origin}/a2a", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
    return {"name": "stub", "supportedInterfaces": [interface], "version": "1", **more}
