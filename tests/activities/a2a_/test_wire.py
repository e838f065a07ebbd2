from __future__ import annotations

import pytest

from activities.a2a_.wire import METHODS, method, parameters

OLD = {
    "kind": "message",
    "role": "agent",
    "messageId": "m",
    "parts": [
        {"kind": "text", "text": "hi", "metadata": {"a": 1}},
        {"kind": "file", "file": {"uri": "https://x/y", "mimeType": "text/plain", "name": "y"}},
        {"kind": "file", "file": {"bytes": "AA=="}},
        {"kind": "data", "data": {"n": 1}},
    ],
}
NEW = {
    "role": "ROLE_AGENT",
    "messageId": "m",
    "parts": [
        {"text": "hi", "metadata": {"a": 1}},
        {"url": "https://x/y", "mediaType": "text/plain", "filename": "y"},
        {"raw": "AA=="},
        {"data": {"n": 1}},
    ],
}


def test_a_message_of_the_older_version_is_written_anew_for_the_newer():
    assert parameters("message/send", {"message": OLD}, "1.0", "k") == {"message": NEW}


def test_what_is_written_for_a_version_stays_as_it_is_there():
    assert parameters("message/send", {"message": OLD}, "0.3", "k") == {"message": OLD}
    assert parameters("message/stream", {"message": NEW}, "1.0", "k") == {"message": NEW}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (
            "message/send",
            {"configuration": {"blocking": True, "historyLength": 3, "pushNotificationConfig": {"url": "u"}}},
            {"configuration": {"historyLength": 3, "returnImmediately": False, "taskPushNotificationConfig": {"url": "u"}}},
        ),
        (
            "tasks/pushNotificationConfig/set",
            {
                "taskId": "t",
                "pushNotificationConfig": {"id": "c", "url": "u", "authentication": {"schemes": ["Bearer"], "credentials": "x"}},
            },
            {"taskId": "t", "id": "c", "url": "u", "authentication": {"scheme": "Bearer", "credentials": "x"}},
        ),
        ("tasks/pushNotificationConfig/get", {"id": "t", "pushNotificationConfigId": "c"}, {"taskId": "t", "id": "c"}),
        ("tasks/pushNotificationConfig/delete", {"id": "t", "pushNotificationConfigId": "c"}, {"taskId": "t", "id": "c"}),
        ("tasks/pushNotificationConfig/list", {"id": "t"}, {"taskId": "t"}),
        ("tasks/get", {"id": "t", "historyLength": 1}, {"id": "t", "historyLength": 1}),
    ],
)
def test_parameters_of_the_older_version_in_the_newer(name, old, new):
    assert parameters(name, old, "1.0", "k") == new
    assert parameters(name, new, "1.0", "k") == new
    assert parameters(name, old, "0.3", "k") == old


@pytest.mark.parametrize(
    "given", [{"message": None}, {"message": {"parts": "x", "role": 1}}, {"message": {"parts": [1]}}, {"configuration": 1}]
)
def test_what_is_no_message_is_left_to_the_agent(given):
    for version in ("0.3", "1.0"):
        assert parameters("message/send", given, version, "k").keys() == given.keys()


def test_every_method_has_a_name_in_both_versions():
    assert [method(name, "0.3") for name in METHODS] == list(METHODS)
    assert len({method(name, "1.0") for name in METHODS}) == len(METHODS) == 11
