"""How the house is built: what a reader may count on wherever he looks."""

from __future__ import annotations

import ast
import asyncio
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from temporalio import activity

from activities.assembly import assembled
from interpreter import effects
from interpreter.document.model import Task
from interpreter.evaluation.child_evaluator import ChildEvaluator
from tests.settings import Settings

ROOT = Path(__file__).parents[1]
PACKAGES = ("interpreter", "activities", "cli")
SOURCES = [*sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")), ROOT / "worker.py"]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
FILE_LINES, FUNCTION_LINES = 400, 60
KINDS: list[type[Any]] = list(get_args(get_args(Task.__value__)[0]))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_source_file_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= FILE_LINES
    long = [node.name for node in _functions(path) if node.end_lineno is not None and node.end_lineno - node.lineno >= FUNCTION_LINES]
    assert long == []


def test_the_core_is_synchronous() -> None:
    outside = (ROOT / "interpreter" / "temporal", ROOT / "interpreter" / "evaluation")
    core = [path for path in SOURCES if path.is_relative_to(ROOT / "interpreter") and not any(map(path.is_relative_to, outside))]
    found = [path for path in core for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    assert found == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.KEY)
def test_a_task_kind_has_its_file_its_test_its_sample_and_its_line(kind: type[Any]) -> None:
    """The checklist 'Adding a task kind' of CONTRIBUTING.md."""
    name, keyword = _file_of(kind.KEY), kind.KEY.replace(".", "-")
    assert (ROOT / "interpreter" / "tasks" / f"{name}.py").is_file()
    assert (ROOT / "tests" / "interpreter" / "tasks" / f"test_{name}.py").is_file()
    assert list((ROOT / "samples").glob(f"{keyword}*.yaml"))
    assert re.search(rf"\b{kind.__name__}\(", (ROOT / "interpreter" / "tasks" / "__init__.py").read_text())


def _file_of(key: str) -> str:
    """`for` is in `for_.py`, since Python has the word itself; `call.http` in `call_http.py`."""
    name = key.replace(".", "_")
    return name + "_" if name in {"for", "raise", "try", "set"} else name


def test_contributing_names_what_the_checklist_is_about() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for place in (
        "interpreter/document/model",
        "interpreter/tasks",
        "tests/interpreter/tasks",
        "tests/conformance/cases",
        "samples/",
        "unsupported.py",
    ):
        assert place in text


def test_every_effect_has_its_activity() -> None:
    """The workflow schedules by name; no name may be without somebody who answers to it."""

    async def registered() -> set[str | None]:
        async with assembled(Settings(), ChildEvaluator()) as activities:
            return {activity._Definition.must_from_callable(one).name for one in activities}

    asked = {value for name, value in vars(effects).items() if name.isupper()} - {effects.RUN_WORKFLOW, effects.WORKFLOW}
    assert asked == asyncio.run(registered())


def test_help_needs_no_long_import() -> None:
    """A command line that takes a second to say what it can do is not asked twice."""
    heavy = ("temporalio", "pydantic", "httpx", "jsonschema")
    command = f"import sys, cli.main; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT).stdout == "[]\n"


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_host_and_has_a_hash_for_everything(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert "--index-url" not in text
    packages = re.findall(r"^[a-zA-Z0-9._-]+==[^\n]*(?:\n    --hash=sha256:[0-9a-f]{64}[^\n]*)*", text, re.MULTILINE)
    assert packages
    assert [package.splitlines()[0] for package in packages if "--hash=" not in package] == []


def test_the_lock_has_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = {line.split("==")[0] for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line}
    asked = {re.split(r"[\[<>=!~ ]", entry)[0] for entry in project["project"]["dependencies"]}
    assert asked <= locked


def test_compose_starts_what_it_says() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.temporal.yml").read_text())["services"]
    assert {"postgresql", "temporal", "ui", "worker"} <= services.keys()
    assert services["worker"]["build"]["context"] == "."


def test_the_image_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users[-1] not in {"root", "0"}
