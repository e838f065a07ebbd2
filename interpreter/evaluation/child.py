"""The program of a child process: answers one request after another until its stdin closes.

Run as `python -I -S -B child.py <folders of packages> <memory limit in bytes>`; knows the standard library, `jq`, `jsonschema_rs`
and, where it is installed, `quickjs`, and nothing of this project but `frame.js`. What it is asked may loop, exhaust the memory or crash libjq: it only has to
die of that alone. It enforces its own limits, so that it ends also when its parent is gone.

Request:  `<u32 length of all> <u32 length of the head> <f64 seconds> <f64 CPU seconds>` head body. The head is a JSON object
          whose member `do` names the work; what is prepared from a head (compiled programs, validators) is kept under its bytes.
Answer:   `<u32 length> <char tag> <f64 CPU seconds used>` text; the tag is `K` (done) or `E` (refused, text is a JSON object).
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import struct
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

REQUEST = struct.Struct("<IIdd")
ANSWER = struct.Struct("<Icd")
GRACE = 0.5
"""Seconds beyond its deadline after which a child ends itself; before that its parent should have."""

LINE = ",\n"
"""What stands between the values of JavaScript expressions: no expression can write it, whatever it does to the built-in objects."""

_PREPARED = 2000
_RESULT_BYTES = 8_000_000
_DEPTH = 256
_STACK_BYTES = 4_000_000
_SAFE = 2**53 - 1
_SHOWN_ERRORS = 100
_SHOWN_CHARACTERS = 300

Work: TypeAlias = Callable[[str], str]


class Refused(Exception):
    """The request cannot be answered for a reason that every child would give: JSON object as the answer's text."""

    def __init__(self, phase: str, message: str, index: int = 0) -> None:
        super().__init__(message)
        self.answer = {"phase": phase, "message": message, "index": index}


def main() -> None:
    """Answer until the end of stdin."""
    sys.path.extend(sys.argv[1].split(os.pathsep))
    _confine(int(sys.argv[2]))
    source, sink = os.fdopen(os.dup(0), "rb"), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):  # nothing a library reads or prints may get into the protocol
        os.dup2(null, stream)
    prepared: OrderedDict[bytes, Work] = OrderedDict()
    while request := source.read(REQUEST.size):
        _answer(source, sink, REQUEST.unpack(request), prepared)


def _confine(memory: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a group's Ctrl-C or TERM must not outrun the worker's graceful shutdown
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # else the mask of the thread that started us would hold the timers back
    for limit, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        with suppress(ValueError, OSError):  # not every system has every limit; the deadline holds everywhere
            resource.setrlimit(limit, (value, value))
    with suppress(OSError):
        os.nice(10)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
        score.write("1000")


def _answer(source: BinaryIO, sink: int, request: Sequence[Any], prepared: OrderedDict[bytes, Work]) -> None:
    total, heading, seconds, cpu_seconds = request
    # Default actions, not handlers: they need neither the GIL nor a bytecode to end a call into C.
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    began = time.process_time()
    head, body = source.read(heading), source.read(total - heading).decode()
    try:
        tag, text = b"K", _work(head, prepared)(body)
    except Refused as refused:
        tag, text = b"E", json.dumps(refused.answer)
    content = text.encode("utf-8", "replace")
    _send(sink, ANSWER.pack(len(content), tag, time.process_time() - began) + content)
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _send(sink: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(sink, rest) :]


def _work(head: bytes, prepared: OrderedDict[bytes, Work]) -> Work:
    work = prepared.get(head)
    if work is not None:
        prepared.move_to_end(head)
        return work
    request = json.loads(head)
    work = prepared[head] = WORKS[request.pop("do")](**request)
    if len(prepared) > _PREPARED:
        prepared.popitem(last=False)
    return work


class Frame:
    """The parts of a program around the user's expressions; `each` and `around` are what stands before and after."""

    def __init__(self, start: str, each: Sequence[str], around: Sequence[str]) -> None:
        self._start, self._each, self._around = start, each, around

    def bare(self, program: str, index: int) -> None:
        """Compile one expression alone: within brackets, `1) | (2` would pass."""
        _compiled(self._start + program + "\n\n", index)

    def joined(self, programs: Sequence[str], index: int = 0) -> Any:
        """Compile expressions to one program that gives the text of an array of their results."""
        parts = ",".join(self._each[0] + program + self._each[1] for program in programs)
        return _compiled(self._start + self._around[0] + parts + self._around[1], index)


def _jq(frame: str, each: Sequence[str], all: Sequence[str], programs: Sequence[str]) -> Work:
    """Run several expressions together on a body (one JSON text).

    When their joined program errs, they run one by one to learn which it was.
    """
    framed = Frame(frame, each, all)
    for index, text in enumerate(programs):
        framed.bare(text, index)
    program = framed.joined(programs)

    def run(body: str) -> str:
        try:
            return _capped(_first(program, body, 0))
        except Refused as refused:
            if len(programs) == 1 or refused.answer["phase"] == "result":
                raise
        for index, text in enumerate(programs):
            _first(framed.joined([text], index), body, index)
        raise Refused("result", "the expressions give a result one by one, but none together")

    return run


def _compiled(text: str, index: int) -> Any:
    import jq  # noqa: PLC0415

    try:
        return jq.compile(text)
    except ValueError as error:
        raise Refused("compile", str(error), index) from None


def _first(program: Any, body: str, index: int) -> str:
    try:
        result = next(iter(program.input_text(body)), None)
    except ValueError as error:
        raise Refused("run", str(error), index) from None
    if result is None:
        raise Refused("run", "ended without a result", index)
    return str(result)


def _capped(text: str) -> str:
    """The text, within the limits of size and depth (one level more, for the array around the results)."""
    if len(text) > _RESULT_BYTES or (not text.isascii() and len(text.encode("utf-8", "replace")) > _RESULT_BYTES):
        raise Refused("result", f"the result is larger than {_RESULT_BYTES:,} bytes")
    if text.count("[") + text.count("{") > _DEPTH + 1 and _depth(text) > _DEPTH + 1:
        raise Refused("result", f"the result is nested deeper than {_DEPTH} levels")
    return text


def _depth(text: str) -> int:
    deepest = depth = 0
    for found in re.finditer(r'"[^"\\]*(?:\\.[^"\\]*)*"|([\[{])|([\]}])', text):
        if found[1]:
            depth += 1
            deepest = max(deepest, depth)
        elif found[2]:
            depth -= 1
    return deepest


def _compile(frame: str, each: Sequence[str], all: Sequence[str]) -> Work:
    """What is wrong with each expression of a body (JSON array of texts): JSON array of null or jq's message."""
    framed = Frame(frame, each, all)

    def judged(texts: Sequence[str]) -> list[str | None]:
        try:
            if len(texts) == 1:
                framed.bare(texts[0], 0)
            framed.joined(texts)
        except Refused as refused:
            if len(texts) == 1:
                return [str(refused)]
        else:
            return [None] * len(texts)
        half = len(texts) // 2
        return judged(texts[:half]) + judged(texts[half:])

    return lambda body: json.dumps(judged(json.loads(body)))


_SPOILT = "spoils what writes its own result"


class Script:
    """JavaScript expressions that see the same arguments; each is evaluated in a context of its own, which ends with it."""

    def __init__(self, names: Sequence[str]) -> None:
        try:
            import quickjs  # noqa: PLC0415
        except ModuleNotFoundError:
            raise Refused("missing", "needs the extra 'js' on the worker: pip install 'swtemporal[js]'") from None
        self._engine = quickjs
        self._start = f'"use strict";(({",".join(names)}) => '

    def bare(self, program: str, index: int) -> None:
        """Compile one expression alone; in brackets of one kind only, `1) , (2` would pass."""
        for opening, closing in (("(", ")"), ("[", "]")):
            self._compiled(self._context(), opening, program, closing, index)

    def value(self, program: str, index: int, body: str, *, tagged: bool) -> str:
        """The JSON text of what an expression gives."""
        context = self._context()
        framed = context.eval(_frame())
        try:
            answer = framed(self._compiled(context, "(", program, ")", index), body, tagged, index)
        except self._engine.JSException as error:  # thrown while an error was told
            stopped = "out of memory" in str(error) or isinstance(error, self._engine.StackOverflow)
            raise Refused("stopped" if stopped else "run", _first_line(error), index) from None
        except (TypeError, UnicodeDecodeError):
            answer = None
        if not isinstance(answer, str) or answer[:1] not in {"V", "E", "S"}:
            raise Refused("run", _SPOILT, index)
        if answer[0] != "V":
            raise Refused("stopped" if answer[0] == "S" else "run", answer[1:], index)
        if "\n" in answer:  # no JSON that the frame writes: it would count as another expression's, too
            raise Refused("run", _SPOILT, index)
        return answer[1:]

    def _context(self) -> Any:
        context = self._engine.Context()
        context.set_max_stack_size(_STACK_BYTES)
        return context

    def _compiled(self, context: Any, opening: str, program: str, closing: str, index: int) -> Any:
        try:
            return context.eval(f"{self._start}{opening}\n{program}\n{closing})")
        except self._engine.JSException as error:
            raise Refused("compile", str(error), index) from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


@cache
def _frame() -> str:
    return Path(__file__).with_name("frame.js").read_text(encoding="utf-8")


def _javascript(names: Sequence[str], programs: Sequence[str]) -> Work:
    """Evaluate several expressions, each on a copy of its own of the body: `frame.js` says what that is. The values stand on a line each."""
    script = Script(names)
    for index, text in enumerate(programs):
        script.bare(text, index)

    def run(body: str) -> str:
        tagged = _LOST.search(body) is not None
        text = json.dumps(_tagged(json.loads(body))) if tagged else body
        values = (script.value(program, index, text, tagged=tagged) for index, program in enumerate(programs))
        return _capped(f"[{LINE.join(values)}]")

    return run


_LOST = re.compile(r'(?<![\d.])\d{16}|"(?:0|[1-9]\d{0,9})":')
"""What JavaScript might not keep in JSON: long integers, and keys that it would put in another order. Also finds what only looks like it."""


def _tagged(value: Any) -> Any:
    """A value as `frame.js` reads it where plain JSON would lose something."""
    if isinstance(value, dict):
        return [0, *(part for key, item in value.items() for part in (key, _tagged(item)))]
    if isinstance(value, list):
        return [1, *map(_tagged, value)]
    return [2, str(value)] if type(value) is int and abs(value) > _SAFE else value


def _compile_javascript(names: Sequence[str]) -> Work:
    """What is wrong with each expression of a body (JSON array of texts): JSON array of null or the engine's message."""
    script = Script(names)

    def judged(text: str) -> str | None:
        try:
            script.bare(text, 0)
        except Refused as refused:
            return str(refused)
        return None

    return lambda body: json.dumps([judged(text) for text in json.loads(body)])


def _match(pattern: str) -> Work:
    """Whether the whole body (a text) matches: `true` or `false`; an invalid pattern matches nothing."""
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return lambda _body: "false"
    return lambda body: json.dumps(compiled.fullmatch(body) is not None)


def _check(schema: Any) -> Work:
    """What is wrong with a body (one JSON text) by a schema, for people, or nothing; remote references are refused."""
    import jsonschema_rs  # noqa: PLC0415

    try:
        validator = jsonschema_rs.validator_for(schema, offline=True)
    except ValueError as error:
        raise Refused("schema", str(error).split("\n", 1)[0]) from None

    def check(body: str) -> str:
        value = json.loads(body)
        if validator.is_valid(value):
            return ""
        errors = list(islice(validator.iter_errors(value), _SHOWN_ERRORS))
        others = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        return _worded(_telling(errors)) + others

    return check


def _telling(errors: Sequence[Any]) -> Any:
    """The error to show: the one nearest the root; of an `anyOf` or `oneOf` the alternative that got further into the value."""
    first = min(errors, key=lambda error: len(error.instance_path))
    alternatives = [_telling(context) for context in getattr(first.kind, "context", None) or () if context]
    deepest = max(alternatives, key=lambda error: len(error.instance_path), default=first)
    return deepest if len(deepest.instance_path) > len(first.instance_path) else first


def _worded(error: Any) -> str:
    place = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in error.instance_path)
    message = error.message
    if len(message) > _SHOWN_CHARACTERS:
        message = f"{message[: _SHOWN_CHARACTERS // 2]} … {message[-_SHOWN_CHARACTERS // 2 :]}"
    return f"{place}: {message}" if place else message


WORKS: dict[str, Callable[..., Work]] = {
    "jq": _jq,
    "compile": _compile,
    "javascript": _javascript,
    "compile-javascript": _compile_javascript,
    "match": _match,
    "check": _check,
}

if __name__ == "__main__":
    main()
