"""Golden cases of the command line: what is typed, what is answered. See `cases.yaml`."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.main import invoke

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text())


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_case(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name, text in (CASES["files"] | case.get("files", {})).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name, value in case.get("env", {}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(case.get("stdin", "").encode())))

    code = invoke(case["args"])

    said = capsys.readouterr()
    assert code == case.get("code", 0), said.err
    for stream, text in (("stdout", said.out), ("stderr", said.err)):
        wanted = case.get(stream, "" if stream == "stdout" else None)
        if isinstance(wanted, str):
            assert text == wanted, stream
        for part in wanted if isinstance(wanted, list) else []:
            assert part in text, (stream, text)
