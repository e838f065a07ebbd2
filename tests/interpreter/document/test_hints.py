"""The hints of this product are told to authors, all of them."""

from __future__ import annotations

import re
from pathlib import Path

from interpreter.document.model.hints import DocumentHints, GrpcHints, TaskHints
from interpreter.document.shapes import members

CORE = Path(__file__).parents[3] / "interpreter"
READ = re.compile(r"""hints(?:\.get\(|, |\[)"(\w+)"|CLIENT_CERTIFICATE = "(\w+)\"""")


def test_every_hint_that_is_read_is_in_the_model():
    read = {name for path in CORE.rglob("*.py") for found in READ.findall(path.read_text()) for name in found if name}
    known = {name for kind in (TaskHints, DocumentHints, GrpcHints) for name in members(kind)}

    assert len(read) > 8
    assert read <= known
