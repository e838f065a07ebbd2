from __future__ import annotations

import shutil

import pytest

from activities.process import interpreters
from interpreter.effects import RUN_SCRIPT
from tests.activities.performing import arguments, perform, problem
from tests.counterparts import Reply
from tests.settings import Settings

with_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js here")

SPECIFIED = """
// Reading Input from STDIN
import { readFileSync } from 'node:fs';
const stdin = readFileSync(process.stdin.fd, 'utf8');
console.log('stdin > ', stdin) // Output: stdin > Hello Workflow

// Reading from argv
const [_, __, arg] = process.argv;
console.log('arg > ', arg) // Output: arg > hello

// Reading from env
const foo = process.env.foo;
console.log('env > ', foo) // Output: env > bar
"""
GIVEN = {"stdin": "Hello Workflow", "arguments": ["hello"], "environment": {"foo": "bar"}}


@pytest.fixture(params=[pytest.param("node", marks=with_node), "quickjs"])
def engine(request, monkeypatch):
    if request.param == "quickjs":
        monkeypatch.setattr(interpreters.shutil, "which", lambda _: None)
    return request.param


def with_of(language, **with_):
    return {"language": language, "await": True, "return": "stdout", "stdout": "text", **with_}


def ran(language, code, **with_):
    return perform(RUN_SCRIPT, arguments(with_of(language, code=code, **with_)))


def failed(language, code, **with_):
    found = problem(RUN_SCRIPT, arguments(with_of(language, code=code, **with_)))
    return found["type"].rpartition("/")[2], found["detail"]


# Python


def test_python_reads_arguments_environment_and_stdin():
    code = "import os, sys\nprint(sys.argv[1:], os.environ['A'], sys.stdin.read())"
    assert ran("python", code, arguments=["x", 2], environment={"A": "ä"}, stdin={"n": 1}) == "['x', '2'] ä {\"n\":1}\n"


def test_python_gets_no_environment_of_the_worker(monkeypatch):
    monkeypatch.setenv("SWTEMPORAL_SECRET_X", "hidden")
    monkeypatch.setenv("PYTHONSTARTUP", "hidden")
    assert "hidden" not in ran("python", "import os; print(dict(os.environ))")


def test_python_stands_in_an_empty_folder_and_may_write_there():
    code = "import os, tempfile; print(os.listdir()); open('a', 'w').write('x'); print(os.listdir(), tempfile.gettempdir() == os.getcwd())"
    assert ran("python", code) == "[]\n['a'] True\n"


def test_python_is_text_in_utf_8():
    assert ran("python", "print('ü', open(__file__).read().count('ü'))") == "ü 2\n"


def test_code_of_python_is_not_touched():
    assert ran("python", "print('${ .a } ${$secrets.b}')") == "${ .a } ${$secrets.b}\n"


def test_an_exception_is_the_end_of_its_traceback():
    kind, detail = failed("python", "def deep(n):\n    return deep(n - 1) if n else {}['missing']\ndeep(30)")
    assert kind == "runtime"
    assert detail.startswith("the script ended with code 1: ")
    assert detail.endswith("KeyError: 'missing'")


def test_python_is_the_one_that_is_promised_where_there_is_one():
    found = ran("python", "import sys; print(sys.version_info[:2] >= (3, 13))")
    assert found == f"{interpreters.sys.version_info >= (3, 13) or interpreters._python() != interpreters.sys.executable}\n"


# JavaScript


def test_the_example_of_the_specification(engine):
    assert ran("javascript", SPECIFIED, **GIVEN) == "stdin >  Hello Workflow\narg >  hello\nenv >  bar\n"


def test_a_module_may_await(engine):
    assert ran("javascript", "const x = await Promise.resolve(5); console.log(x, [3, 1].toSorted().join('-'))") == "5 1-3\n"


def test_code_of_javascript_is_not_touched(engine):
    assert ran("javascript", "const a = 1; console.log(`${ a } ${a + 1}`)") == "1 2\n"


def test_an_error_of_javascript_is_one_of_the_task(engine):
    kind, detail = failed("javascript", "function lost() { throw new TypeError('boom') }\nlost()")
    assert kind == "runtime"
    assert "ended with code 1" in detail
    assert "TypeError: boom" in detail
    assert "lost" in detail


def test_an_error_after_an_await_is_one_of_the_task(engine):
    assert "late" in failed("javascript", "await null; throw new Error('late')")[1]


def test_code_that_cannot_be_read_is_an_error_of_the_task(engine):
    assert "SyntaxError" in failed("javascript", "const = 1")[1]


def test_a_module_may_say_its_code(engine):
    assert ran(
        "javascript", "console.error('e'); process.stdout.write('o'); process.exit(4); console.log('never')", **{"return": "all"}
    ) == {
        "code": 4,
        "stdout": "o",
        "stderr": "e\n",
    }
    assert ran("javascript", "process.exitCode = 6", **{"return": "code"}) == 6


def test_standard_output_of_javascript_as_json(engine):
    assert ran("javascript", "console.log(JSON.stringify({ n: 1 }))", stdout="json") == {"n": 1}


def test_quickjs_says_what_it_does_not_have(monkeypatch):
    monkeypatch.setattr(interpreters.shutil, "which", lambda _: None)
    assert "there is no module 'http' on QuickJS" in failed("javascript", "import * as http from 'node:http'; http.get")[1]


def test_quickjs_knows_every_form_of_import(monkeypatch):
    monkeypatch.setattr(interpreters.shutil, "which", lambda _: None)
    code = """
import fs from 'fs';
import * as all from "node:fs"
import process, { argv as given, env } from 'node:process';
import {
  readFileSync as read
} from 'node:fs';
console.log(fs.readFileSync === all.readFileSync, read === fs.readFileSync, given[2], env.A, process.argv.length)
"""
    assert ran("javascript", code, arguments=["x"], environment={"A": "b"}) == "true true x b 3\n"


def test_without_any_engine_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(interpreters.shutil, "which", lambda _: None)
    monkeypatch.setattr(interpreters.importlib.util, "find_spec", lambda _: None)
    kind, detail = failed("javascript", "1")
    assert kind == "configuration"
    assert "pip install 'swtemporal[js]'" in detail


# Where the script is


def test_a_script_by_address(counterpart):
    counterpart.replies["/s.py"] = Reply(200, b"print('from afar')", {"Content-Type": "text/x-python"})
    assert perform(RUN_SCRIPT, arguments(with_of("python", document={"uri": f"{counterpart.origin}/s.py"}))) == "from afar\n"


def test_a_script_that_the_run_carries():
    assert perform(RUN_SCRIPT, arguments(with_of("python", document={"uri": "file:s.py", "content": "print('carried')"}))) == "carried\n"


def test_a_script_that_is_not_there(counterpart):
    found = problem(RUN_SCRIPT, arguments(with_of("python", document={"uri": f"{counterpart.origin}/status/404"})))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("communication", 404)


def test_the_sources_credentials_are_its_own(counterpart):
    counterpart.replies["/s.py"] = Reply(200, b"import os; print(os.environ.get('T'))")
    document = {"uri": f"{counterpart.origin}/s.py", "authentication": {"bearer": {"token": "${$secrets.t}"}}}
    deferred = {"/document/authentication/bearer/token": {"dot": None, "variables": {}}}
    given = arguments(with_of("python", document=document), deferred=deferred, secrets=["t"])
    assert perform(RUN_SCRIPT, given, Settings(environment={"SWTEMPORAL_SECRET_T": "abc"})) == "None\n"
    assert counterpart.received[0].headers["authorization"] == "Bearer abc"
