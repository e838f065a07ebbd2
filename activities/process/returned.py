"""What a process that has ended gives its task.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#process-result
"""

from __future__ import annotations

from activities.process.output import OUTPUT_BYTES, Output
from activities.reading import parsed
from activities.redact import Redaction
from interpreter.faults import fault
from interpreter.values import Json

_SHOWN = 700
"""Characters of standard error that a problem quotes, the last ones."""


def returned(with_: Json, code: int, output: Output, redaction: Redaction, what: str) -> Json:
    """What `return` asks for: one of the streams as text, the exit code, all three, or null.

    A code that is not zero is a `runtime` fault with the end of standard error, unless `return` asks for the code (T41); so is a
    stream that grew too large to be given back. With `stdout: json` standard output is the value of its JSON text.
    """
    if output.exceeded is not None:
        raise fault(
            "runtime", f"{what} wrote more than {OUTPUT_BYTES} bytes to {output.exceeded}; no run keeps more", title="Too much output"
        )
    wanted = with_["return"]
    if code and wanted not in {"code", "all"}:
        raise fault("runtime", f"{what} ended with code {code}: {_last_words(output, redaction)}", title="Process failed")
    match wanted:
        case "stdout":
            return _stdout(with_, output, what)
        case "stderr":
            return output.text("stderr")
        case "code":
            return code
        case "all":
            return {"code": code, "stdout": _stdout(with_, output, what), "stderr": output.text("stderr")}
    return None


def _stdout(with_: Json, output: Output, what: str) -> Json:
    text = output.text("stdout")
    if with_["stdout"] != "json":
        return text
    try:
        return parsed(text)
    except ValueError as error:
        raise fault("runtime", f"the standard output of {what} is no JSON: {error}", title="Output not understood") from None


def _last_words(output: Output, redaction: Redaction) -> str:
    text = redaction(output.text("stderr")).strip()
    if not text:
        return "it wrote nothing to standard error"
    return text if len(text) <= _SHOWN else f"…{text[-_SHOWN:]}"
