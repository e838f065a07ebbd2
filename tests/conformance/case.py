"""Our own conformance cases: data in `cases/*.yaml`, several to a file; `cases/README.md` describes their members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from interpreter.durations import milliseconds
from interpreter.faults import PREFIX, STATUS
from interpreter.values import Json, encode
from tests.conformance.stub import serving
from tests.conformance.world import Ran, Script, Serve, Told
from tests.conformance.yaml12 import read_all

FOLDER = Path(__file__).parent / "cases"
HEADER = {"dsl": "1.0.3", "namespace": "test", "name": "case", "version": "0.1.0"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One demand on the language: a document, what the world does, and what must come of it."""

    name: str
    rules: tuple[int, ...]
    traps: tuple[str, ...]
    text: str
    children: tuple[str, ...]
    input: Mapping[str, Json]
    """`{"input": …}`, or empty where the run gets none."""
    script: Script
    expect: Mapping[str, Json]

    @property
    def needs_virtual_time(self) -> bool:
        """Whether it waits for anything but answers that are there at once."""
        waits = any("after" in answer for answers in self.script.answers.values() for answer in answers)
        return waits or "ends" in self.expect or any(at for at, _ in self.script.events)

    @property
    def runs_nowhere(self) -> bool:
        """Whether it ends before there is a run: then one world is as good as the other."""
        return bool({"refused", "unsupported"} & self.expect.keys())


def cases() -> list[Case]:
    """All of them, file by file."""
    return [_case(path.stem, raw) for path in sorted(FOLDER.glob("*.yaml")) for raw in read_all(path)]


def _case(stem: str, raw: Json) -> Case:
    text = raw["text"] if "text" in raw else encode({"document": HEADER, **raw["workflow"]})
    serve = partial(serving, raw["http"]) if "http" in raw else None
    return case_of(f"{stem}: {raw['case']}", raw, text, [encode(child) for child in raw.get("children", ())], serve)


def case_of(name: str, raw: Json, text: str, children: Sequence[str], serve: Serve | None) -> Case:
    """A case of a document: `raw` has the members that do not depend on where the document comes from."""
    marks: Sequence[Json] = raw.get("rules", ())
    return Case(
        name=name,
        rules=tuple(mark for mark in marks if isinstance(mark, int)),
        traps=tuple(mark for mark in marks if isinstance(mark, str)),
        text=text,
        children=tuple(children),
        input={"input": raw["input"]} if "input" in raw else {},
        script=Script(
            answers={task: [_answer(answer) for answer in answers] for task, answers in raw.get("answers", {}).items()},
            serve=serve,
            events=[(milliseconds(entry["at"]) if "at" in entry else 0, entry["event"]) for entry in raw.get("events", ())],
            secrets=raw.get("secrets", {}),
            resources=raw.get("resources", {}),
            lifecycle="lifecycle" in raw["expect"],
        ),
        expect=raw["expect"],
    )


def _answer(raw: Json) -> Json:
    answer = dict(raw)
    if "after" in raw:
        answer["after"] = milliseconds(raw["after"])
    if "fault" in raw:
        answer["fault"] = _error(raw["fault"])
    return answer


def _error(raw: Json) -> Json:
    """An error in which a standard type may be written by its bare name."""
    return {**raw, "type": PREFIX + raw["type"]} if raw.get("type") in STATUS else raw


def judge(case: Case, ran: Ran) -> None:
    """Hold what came of a case against what must; every member of `expect` is one demand."""
    for member, wanted in case.expect.items():
        _DEMANDS[member](wanted, ran)


def _completed(ran: Ran) -> None:
    assert ran.outcome == "completed", ran


def _output(wanted: Json, ran: Ran) -> None:
    _completed(ran)
    assert ran.output == wanted
    assert encode(_sorted(ran.output)) == encode(_sorted(wanted)), "equal, but of other types"


def _sorted(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _fault(wanted: Json, ran: Ran) -> None:
    assert ran.outcome == "faulted", ran
    found = {name: ran.error.get(name) for name in wanted}
    assert found == _error(wanted), ran.error


def _exact_fault(wanted: Json, ran: Ran) -> None:
    assert ran.outcome == "faulted", ran
    assert ran.error == _error(wanted)


def _fault_has(wanted: Json, ran: Ran) -> None:
    assert all(ran.error.get(name) for name in wanted), ran.error


def _refused(wanted: Json, ran: Ran) -> None:
    assert ran.outcome == "refused", ran
    errors = [told for told in ran.findings if told.severity == "error"]
    if "all" in wanted:
        assert [told.pointer for told in errors] == wanted["all"]
    else:
        assert any(_fits(wanted, told) for told in errors), errors


def _fails(wanted: Json, ran: Ran) -> None:
    """Refused at load where that can be seen, an error of the run otherwise: the rule leaves open which."""
    if ran.outcome == "refused":
        _refused({"code": wanted["code"]}, ran)
    else:
        _fault({"type": wanted["type"]}, ran)


def _unsupported(wanted: Json, ran: Ran) -> None:
    assert ran.outcome == "unsupported", ran
    assert any(_fits({"code": "unsupported", **wanted}, told) for told in ran.findings), ran.findings


def _warned(wanted: Json, ran: Ran) -> None:
    assert any(_fits(wanted, told) for told in ran.findings if told.severity == "warning"), ran.findings


def _fits(wanted: Json, told: Told) -> bool:
    return bool(wanted.get("code", told.code) == told.code and wanted.get("at", told.pointer) == told.pointer)


def _effects(wanted: Json, ran: Ran) -> None:
    assert [done.task for done in ran.effects] == [effect["task"] for effect in wanted]
    for effect, done in zip(wanted, ran.effects, strict=True):
        sent = done.arguments["with"]
        assert {name: sent.get(name) for name in effect.get("with", {})} == effect.get("with", {})


def _keys(wanted: Json, ran: Ran) -> None:
    """Equal names stand for equal idempotency keys, different ones for different keys."""
    found = [done.arguments["key"] for done in ran.effects]
    assert [found.index(key) for key in found] == [wanted.index(name) for name in wanted]


def _emitted(wanted: Json, ran: Ran) -> None:
    sent = [done.arguments["with"]["event"] for done in ran.effects if done.kind == "emit"]
    assert [{name: event.get(name) for name in one} for one, event in zip(wanted, sent, strict=True)] == wanted


def _started(wanted: Json, ran: Ran) -> None:
    assert list(ran.started) == wanted


def _cancelled(wanted: Json, ran: Ran) -> None:
    assert sorted(ran.cancelled) == sorted(wanted)


def _retried(wanted: Json, ran: Ran) -> None:
    assert list(ran.retried) == wanted


def _waited(wanted: Json, ran: Ran) -> None:
    assert list(ran.waited) == wanted


def _ends(wanted: Json, ran: Ran) -> None:
    assert ran.lasted == milliseconds(wanted)


def _lifecycle(wanted: Json, ran: Ran) -> None:
    """The events are these, in this order; of a fork's branches, too. `at` is the member that holds the event's instant."""
    found = [event["type"] for event in ran.lifecycle]
    assert found == [f"{_OF_LIFECYCLE}.{one['type']}.v1" for one in wanted], found
    for one, event in zip(wanted, ran.lifecycle, strict=True):
        data = event["data"]
        assert {name: data.get(name) for name in one.get("data", {})} == one.get("data", {}), event
        assert all(data[name] == event["time"] for name in one.get("at", ())), event
        assert fnmatchcase(data.get("workflow", data.get("name")), one.get("named", "*")), event


_OF_LIFECYCLE = "io.serverlessworkflow"


_DEMANDS = {
    "output": _output,
    "completed": lambda _, ran: _completed(ran),
    "error": _fault,
    "error_is": _exact_fault,
    "error_has": _fault_has,
    "refused": _refused,
    "fails": _fails,
    "unsupported": _unsupported,
    "warned": _warned,
    "effects": _effects,
    "keys": _keys,
    "emitted": _emitted,
    "started": _started,
    "cancelled": _cancelled,
    "retried": _retried,
    "waited": _waited,
    "ends": _ends,
    "lifecycle": _lifecycle,
}
