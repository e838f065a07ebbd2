"""`run: script`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#script-process
"""

from __future__ import annotations

from interpreter.defaults import SCRIPT_LANGUAGES
from interpreter.document.model import Script, ScriptRun
from interpreter.effects import RUN_SCRIPT
from interpreter.endpoints import Target, under
from interpreter.faults import fault
from interpreter.resources import handed
from interpreter.tasks import process
from interpreter.values import Json
from interpreter.visit import Request, Result, Visit

_NOT_FREE = frozenset({"language", "code", "source"})


def execute(task: ScriptRun, visit: Visit) -> Result:
    """What the activity `run.script` gives."""
    return process.execute(task.run, visit, RUN_SCRIPT, lambda: _request(task, visit))


def _request(task: ScriptRun, visit: Visit) -> Request:
    """Code is taken as it stands: its `${ }` are the script's own."""
    script = task.run.script
    language = SCRIPT_LANGUAGES.get(script.language)
    if language is None:
        raise fault("configuration", f"scripts run in python and javascript, not in '{script.language}'")
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/run/script")
    filled, deferred = visit.place.fill_deferring(raw, visit.input, "run/script", without=_NOT_FREE)
    arguments = {"language": language, **filled, **process.outcome(task.run, visit)}
    source = _source(script, visit)
    if source is None:
        return Request({**arguments, "code": script.code}, deferred, language)
    held: Json = {**arguments, "document": source.arguments}
    return Request(
        held, {**deferred, **under("/document", source.deferred)}, f"{language} {source.shown}", reads_secrets=source.reads_secrets
    )


def _source(script: Script, visit: Visit) -> Target | None:
    return None if script.source is None else handed(visit, script.source, "run/script/source")
