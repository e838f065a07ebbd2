"""Words of other languages (GitHub Actions, AWS Step Functions, older versions of this one), and what is written here instead."""

from __future__ import annotations

from typing import Any, NamedTuple

from interpreter.document.model import (
    Case,
    Catch,
    CatchErrors,
    Document,
    DurationParts,
    EmitSettings,
    Export,
    HttpArguments,
    Input,
    ListenSettings,
    Output,
    RaiseSettings,
    RetryPolicy,
    Script,
    Shell,
    Subflow,
    TaskCommon,
    TimeoutParts,
)
from interpreter.document.model.process import Container


class Advice(NamedTuple):
    """What to write instead of a word, and which member the word stands for, if it is one of the same object."""

    text: str
    instead: str | None = None


_TASKS = Advice("tasks stand in 'do', as a list of '- name: …'", "do")
_IN_HEADER = Advice("it belongs inside 'document'", "document")
_IN_USE = Advice("it belongs inside 'use'")
_CONDITION = Advice("write 'if'")
_THEN = Advice("where to go is said by 'then'", "then")
_NAME = Advice("a task's name is the key that it stands under: '- name: …'")
_ORDER = Advice("tasks run in the order of their list; 'then' says otherwise, 'fork' runs them at once")
_RETRY = Advice("retrying belongs to a 'try': try: [- …], catch: {retry: …}")
_NOTE = Advice("write a comment behind '#', or a note in 'metadata'")
_COUNT = Advice("write limit: {attempt: {count: 3}}")
_LIMIT = Advice("write timeout: {after: {seconds: 30}}")
_STRATEGY = Advice("write to: {one: {with: {type: …}}}", "to")

_PROCESS = {"env": Advice("it is called 'environment' here"), "args": Advice("it is called 'arguments' here")}

_WORDS: dict[type[Any], dict[str, Advice]] = {
    Document: {
        **dict.fromkeys(("states", "steps", "tasks", "jobs", "actions", "stages"), _TASKS),
        **dict.fromkeys(("name", "namespace", "version", "dsl", "title", "summary", "tags", "metadata"), _IN_HEADER),
        **dict.fromkeys(("functions", "errors", "retries", "secrets", "authentications", "catalogs", "extensions"), _IN_USE),
        "id": Advice("it is 'name' inside 'document'"),
        "specversion": Advice("the version of the language is 'dsl' inside 'document'"),
        "description": Advice("it is 'summary' inside 'document'"),
        "auth": Advice("it is 'authentications' inside 'use'"),
        **dict.fromkeys(("start", "startat"), Advice("the first task of 'do' is the first to run")),
        "events": Advice("an event is described where it is used, in 'listen' and 'emit'"),
        **dict.fromkeys(("on", "triggers", "trigger"), Advice("what starts a workflow stands in 'schedule'")),
    },
    TaskCommon: {
        **dict.fromkeys(("name", "id"), _NAME),
        "type": Advice("what a task does is told by its key, such as call, set or wait"),
        **dict.fromkeys(("next", "transition", "goto"), _THEN),
        "end": Advice("write then: end"),
        **dict.fromkeys(("needs", "depends_on", "dependson"), _ORDER),
        **dict.fromkeys(("condition", "when", "unless"), _CONDITION),
        **dict.fromkeys(("retry", "retries"), _RETRY),
        **dict.fromkeys(("description", "comment"), _NOTE),
        **dict.fromkeys(("timeoutseconds", "timeout-minutes"), _LIMIT),
    },
    HttpArguments: {
        "url": Advice("it is called 'endpoint' here", "endpoint"),
        **dict.fromkeys(("data", "json", "payload"), Advice("it is called 'body' here")),
        **dict.fromkeys(("params", "parameters"), Advice("it is called 'query' here")),
    },
    DurationParts: dict.fromkeys(("duration", "for"), Advice("write the time itself: {seconds: 30} or PT30S")),
    RetryPolicy: {
        **dict.fromkeys(("maxattempts", "max_attempts", "maxretries", "attempts", "count"), _COUNT),
        **dict.fromkeys(("interval", "initialinterval", "intervalseconds"), Advice("it is called 'delay' here")),
        **dict.fromkeys(("multiplier", "backoffrate", "backoffcoefficient"), Advice("write backoff: {exponential: {}}")),
    },
    Case: {
        **dict.fromkeys(("if", "condition"), Advice("it is called 'when' here")),
        **dict.fromkeys(("next", "transition", "goto"), _THEN),
        "do": Advice("a case only leads on: put the tasks beside the switch, and name the first one in 'then'", "then"),
    },
    ListenSettings: dict.fromkeys(("type", "event", "events", "with"), _STRATEGY),
    Shell: _PROCESS,
    Script: _PROCESS,
    Container: _PROCESS,
}

_KINDS: dict[str, str] = {
    **dict.fromkeys(("sleep", "delay", "pause"), "wait: {seconds: 30}"),
    **dict.fromkeys(("parallel", "concurrent", "branches"), "fork: {branches: [- …]}"),
    **dict.fromkeys(("http", "request", "fetch"), "call: http, with its arguments in 'with'"),
    **dict.fromkeys(("grpc", "openapi", "asyncapi", "mcp", "a2a"), "call, with its arguments in 'with'"),
    **dict.fromkeys(("uses", "function", "functionref", "operation", "activity"), "call"),
    **dict.fromkeys(("foreach", "loop", "map"), "for: {each: item, in: …}, and beside it do: [- …]"),
    **dict.fromkeys(("choice", "choices", "match"), "switch: [- …]"),
    **dict.fromkeys(("inject", "pass", "assign", "variables"), "set: {…}"),
    **dict.fromkeys(("fail", "throw"), "raise: {error: {…}}"),
    **dict.fromkeys(("sequence", "steps", "tasks", "block"), "do: [- …]"),
    **dict.fromkeys(("shell", "script", "container", "workflow"), "run, with the process in it"),
    "subflow": "run: {workflow: {…}}",
    **dict.fromkeys(("publish", "produce"), "emit: {event: {with: {…}}}"),
    **dict.fromkeys(("subscribe", "consume", "callback"), "listen: {to: {…}}"),
}

_IN_ONE: dict[type[Any], str] = {Export: "as", Output: "as", Input: "from"}
"""Objects whose data authors write a level too high."""


def advice(word: str, kind: type[Any]) -> Advice | None:
    """What to write instead of a member that a class of the model does not have."""
    for known, words in _WORDS.items():
        if issubclass(kind, known) and word.lower() in words:
            return words[word.lower()]
    if kind in _IN_ONE:
        member = _IN_ONE[kind]
        return Advice(f"data stand inside '{member}': {{{member}: {{{word}: …}}}}", member)
    return None


def kind_for(word: str) -> str | None:
    """The task that does here what a word does elsewhere."""
    return _KINDS.get(word.lower())


_VALUES: dict[type[Any], dict[type[Any], str]] = {
    RetryPolicy: {int: "write {{limit: {{attempt: {{count: {raw}}}}}}}"},
    DurationParts: {int: "write {{seconds: {raw}}} or PT{raw}S", float: "write PT{raw}S"},
    TimeoutParts: {int: "write {{after: {{seconds: {raw}}}}}"},
    Catch: {list: "the tasks that deal with an error belong inside 'do': {{do: [- …]}}"},
    CatchErrors: {
        str: "write {{with: {{type: …}}}} or {{with: {{status: 503}}}}",
        list: "write {{with: {{type: …}}}} or {{with: {{status: 503}}}}",
    },
    Export: {str: "write {{as: '{raw}'}}", list: "write {{as: {{name: '${{ .name }}'}}}}"},
    Output: {str: "write {{as: '{raw}'}}"},
    Input: {str: "write {{from: '{raw}'}}"},
    EmitSettings: {str: "write {{event: {{with: {{source: https://…, type: {raw}}}}}}}"},
    RaiseSettings: {str: "write {{error: {{type: https://…, status: 500}}}}, or {{error: NAME}} for one in use.errors"},
    Script: {str: "write {{language: …, code: …}}"},
    Subflow: {str: "write {{namespace: …, name: {raw}, version: …}}"},
    ListenSettings: {str: "write {{to: {{one: {{with: {{type: {raw}}}}}}}}}"},
}


_PROCESSES: dict[str, str] = {
    **dict.fromkeys(("docker", "image", "podman"), "container: {image: …}"),
    **dict.fromkeys(("command", "cmd", "bash", "sh", "exec"), "shell: {command: …}"),
    **dict.fromkeys(("python", "javascript", "js", "node", "code"), "script: {language: …, code: …}"),
    **dict.fromkeys(("subflow", "subworkflow", "flow"), "workflow: {namespace: …, name: …, version: …}"),
}


def process_for(word: str) -> str | None:
    """The process that is here what a word is elsewhere."""
    return _PROCESSES.get(word.lower())


def schema_for(word: str) -> str | None:
    """Where a JSON Schema stands that an author has written a level too high."""
    known = {"type", "properties", "required", "items", "enum", "allOf", "anyOf", "oneOf", "additionalProperties"}
    return f"document: {{{word}: …}}" if word in known or word.startswith("$") else None


def value_for(raw: object, kind: type[Any]) -> str | None:
    """What to write instead of a value where an object is needed."""
    cure = _VALUES.get(kind, {}).get(type(raw))
    return cure.format(raw=raw) if cure else None
