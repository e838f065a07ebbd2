"""Records the samples that have no recording yet: `make histories`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from interpreter.defaults import Limits
from interpreter.evaluation.child_evaluator import ChildEvaluator
from interpreter.temporal.continuation import DUE_OPTION
from interpreter.values import Json
from tests.conformance.case import Case, judge
from tests.conformance.real import RealRunner
from tests.replay.recording import Run, missing, recording_of, write
from tests.server import started

OPTIONS: dict[str, Json] = {"limits": Limits().as_json()}
"""As `swtemporal run` writes them."""

WAYS = {"in one run": OPTIONS, "in many runs": {**OPTIONS, DUE_OPTION: 4}}


class Recorder:
    """Runs cases on a server, each in one run and in as many as can be."""

    def __init__(self, runners: dict[str, tuple[RealRunner, Path]]) -> None:
        self._runners = runners

    def runs(self, case: Case) -> list[Run]:
        """The runs of a case, which must do what it says, and end alike."""
        ends, found = [], []
        for way, (runner, folder) in self._runners.items():
            ran = runner.run(case.text, children=case.children, script=case.script, **case.input)
            ends.append((ran.outcome, ran.output, ran.error))
            if way == "in one run":
                judge(case, ran)
            for path in sorted(folder.glob("*.json")):
                kept = json.loads(path.read_text())
                found.append(Run(part=f"{case.name}, {way}", id=kept["id"], history=kept["history"]))
                path.unlink()
        if ends[0] != ends[1]:
            raise SystemExit(f"{case.name} ends otherwise when it is interrupted: {ends}")
        return found


@contextmanager
def recorder() -> Iterator[Recorder]:
    """A recorder with a server of its own."""
    with ExitStack() as stack:
        address = stack.enter_context(started())
        evaluator = ChildEvaluator()
        stack.callback(evaluator.close)
        runners = {}
        for way, options in WAYS.items():
            folder = Path(stack.enter_context(TemporaryDirectory()))
            runners[way] = (stack.enter_context(RealRunner(address, evaluator, folder, options)), folder)
        yield Recorder(runners)


def main() -> None:
    """Record what is missing; what is there is never touched."""
    wanted = missing()
    if not wanted:
        print("every sample has its recording")  # noqa: T201
        return
    with recorder() as recording:
        for sample, cases in wanted.items():
            runs = [run for case in cases for run in recording.runs(case)]
            write(recording_of(sample), runs)
            print(f"{recording_of(sample).name}: {len(runs)} runs", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
