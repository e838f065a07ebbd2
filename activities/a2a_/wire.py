"""The two wire versions of A2A, and what a document's parameters are in each.

Documents name methods and write messages as version 0.x does; what is written as 1.0 has it is left as it is.

https://a2a-protocol.org/v0.3.0/specification/ and https://a2a-protocol.org/latest/specification/
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from interpreter.values import Json

Version: TypeAlias = Literal["0.3", "1.0"]

NOT_SPOKEN = frozenset({-32601, -32009})
"""Codes of the errors (method not found, version not supported) with which an agent says that it did nothing, since it speaks another version."""

STREAMED = frozenset({"message/stream", "tasks/resubscribe"})

METHODS = {
    "message/send": "SendMessage",
    "message/stream": "SendStreamingMessage",
    "tasks/get": "GetTask",
    "tasks/list": "ListTasks",
    "tasks/cancel": "CancelTask",
    "tasks/resubscribe": "SubscribeToTask",
    "tasks/pushNotificationConfig/set": "CreateTaskPushNotificationConfig",
    "tasks/pushNotificationConfig/get": "GetTaskPushNotificationConfig",
    "tasks/pushNotificationConfig/list": "ListTaskPushNotificationConfigs",
    "tasks/pushNotificationConfig/delete": "DeleteTaskPushNotificationConfig",
    "agent/getAuthenticatedExtendedCard": "GetExtendedAgentCard",
}
"""The document's names of the methods, which are those of 0.x, and those of 1.0."""

_ROLES = {"user": "ROLE_USER", "agent": "ROLE_AGENT"}
_OF_MESSAGES = {"message/send", "message/stream"}
_OF_CONFIGS = {name for name in METHODS if name.startswith("tasks/pushNotificationConfig/")}


def method(name: str, version: Version) -> str:
    """A method's name in a version."""
    return METHODS[name] if version == "1.0" else name


def parameters(name: str, given: Json, version: Version, key: str) -> Json:
    """The parameters of a method in a version; a message without `messageId` gets the key for one, one without `role` is the user's."""
    params = dict(given or {})
    if name in _OF_MESSAGES and isinstance(params.get("message"), dict):
        params["message"] = {"messageId": key, "role": "user", **params["message"]}
        if version == "0.3":
            params["message"] = {"kind": "message", **params["message"]}
    return _modern(name, params) if version == "1.0" else params


def over(result: Json) -> bool:
    """Whether a result of a stream says that it is the last one; only 0.x does."""
    return isinstance(result, dict) and result.get("final") is True


def _modern(name: str, params: dict[str, Json]) -> dict[str, Json]:
    if name in _OF_MESSAGES and isinstance(params.get("message"), dict):
        params["message"] = _message(params["message"])
    if name in _OF_MESSAGES and isinstance(params.get("configuration"), dict):
        params["configuration"] = _configuration(params["configuration"])
    return _of_config(params) if name in _OF_CONFIGS else params


def _message(message: Json) -> Json:
    found = {name: value for name, value in message.items() if name != "kind"}
    found["role"] = _ROLES.get(found["role"], found["role"]) if isinstance(found["role"], str) else found["role"]
    if isinstance(found.get("parts"), list):
        found["parts"] = [_part(part) for part in found["parts"]]
    return found


def _part(part: Json) -> Json:
    if not isinstance(part, dict):
        return part
    found = {name: value for name, value in part.items() if name not in {"kind", "file"}}
    file = part.get("file")
    if isinstance(file, dict):
        names = {"bytes": "raw", "uri": "url", "mimeType": "mediaType", "name": "filename"}
        found |= {names.get(name, name): value for name, value in file.items()}
    return found


def _configuration(configuration: Json) -> Json:
    found = dict(configuration)
    if "blocking" in found:
        found["returnImmediately"] = not found.pop("blocking")
    if "pushNotificationConfig" in found:
        found["taskPushNotificationConfig"] = _push(found.pop("pushNotificationConfig"))
    return found


def _of_config(params: dict[str, Json]) -> dict[str, Json]:
    """`{taskId, pushNotificationConfig}` or `{id, pushNotificationConfigId?}` of 0.x: where 1.0 has `taskId` and `id`."""
    if "pushNotificationConfig" in params:
        rest = {name: value for name, value in params.items() if name != "pushNotificationConfig"}
        return {**_push(params["pushNotificationConfig"]), **rest}
    if "taskId" in params or "id" not in params:
        return params
    names = {"id": "taskId", "pushNotificationConfigId": "id"}
    return {names.get(name, name): value for name, value in params.items()}


def _push(config: Json) -> Json:
    if not isinstance(config, dict) or not isinstance(config.get("authentication"), dict):
        return config
    authentication = dict(config["authentication"])
    schemes = authentication.pop("schemes", None)
    if isinstance(schemes, list) and schemes:
        authentication = {"scheme": schemes[0], **authentication}
    return {**config, "authentication": authentication}
