from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from activities.assembly import assembled
from activities.process.limits import Limits
from interpreter.effects import RUN_SHELL
from tests.activities.performing import Paths, arguments, environment, perform, performed, problem
from tests.settings import Settings


def ran(command, **with_):
    return perform(RUN_SHELL, arguments(with_of(command, **with_)))


def with_of(command, **with_):
    return {"command": command, "await": True, "return": "stdout", "stdout": "text", **with_}


def failed(command, **with_):
    found = problem(RUN_SHELL, arguments(with_of(command, **with_)))
    return found["type"].rpartition("/")[2], found["status"], found["title"], found["detail"]


def test_standard_output_is_text_as_it_is():
    assert ran("echo '{\"a\": 1}'; echo") == '{"a": 1}\n\n'


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("stdout", "out\n"), ("stderr", "err\n"), ("code", 0), ("all", {"code": 0, "stdout": "out\n", "stderr": "err\n"}), ("none", None)],
)
def test_return_says_what_comes_back(wanted, given):
    assert ran("echo out; echo err >&2", **{"return": wanted}) == given


def test_arguments_are_numbered_and_never_code():
    assert ran('echo "$1/$2/$#"', arguments=["a b", "$(id); `id`", 3]) == "a b/$(id); `id`/3\n"


def test_arguments_as_a_map_are_options():
    given = {"name": "Ada", "loud": True, "quiet": False, "nothing": None, "many": [1, {"a": 2}]}
    assert ran('printf "%s|" "$@"', arguments=given) == '--name|Ada|--loud|--many|[1,{"a":2}]|'


def test_environment_and_stdin_are_texts_and_everything_else_json():
    given = {"TEXT": "a", "NUMBER": 1.5, "FLAG": True, "LIST": [1, "b"], "NONE": None}
    assert ran('echo "$TEXT $NUMBER $FLAG $LIST ${NONE-unset}"', environment=given) == 'a 1.5 true [1,"b"] unset\n'
    assert ran("cat", stdin={"a": [1]}) == '{"a":[1]}'
    assert ran("cat", stdin="plain") == "plain"
    assert ran("cat", stdin=None) == ""


def test_what_a_process_gets_without_asking():
    lines = ran("env").splitlines()
    assert {line.partition("=")[0] for line in lines} <= {"PATH", "LANG", "HOME", "TMPDIR", "PWD", "SHLVL", "_", "OLDPWD"}
    assert ran('[ "$HOME" = "$PWD" ] && ls -A') == ""


def test_the_folder_is_gone_afterwards():
    folder = ran("pwd; touch left").strip()
    assert not Path(folder).exists()


@pytest.mark.parametrize("wanted", ["stdout", "stderr", "none"])
def test_a_code_that_is_not_zero_is_an_error(wanted):
    kind, status, title, detail = failed("echo 'no such file' >&2; exit 3", **{"return": wanted})
    assert (kind, status, title) == ("runtime", 500, "Process failed")
    assert detail == "the command ended with code 3: no such file"


def test_a_code_that_is_asked_for_is_data():
    assert ran("exit 3", **{"return": "code"}) == 3
    assert ran("echo a; exit 3", **{"return": "all"}) == {"code": 3, "stdout": "a\n", "stderr": ""}


def test_of_many_words_the_last_are_told():
    detail = failed("i=0; while [ $i -lt 500 ]; do echo line $i >&2; i=$((i+1)); done; exit 1")[3]
    assert detail.endswith("line 499")
    assert len(detail) < 1000


def test_a_silent_failure_says_so():
    assert failed("exit 1")[3] == "the command ended with code 1: it wrote nothing to standard error"


def test_no_secret_is_told_wherever_its_text_is_cut():
    given = with_of(
        'i=0; while [ $i -lt 300 ]; do echo "with $TOKEN" >&2; i=$((i+1)); done; exit 1', environment={"TOKEN": "${$secrets.token}"}
    )
    settings = Settings(environment={"SWTEMPORAL_SECRET_TOKEN": "s3cret-of-many-characters"})
    deferred = {"/environment/TOKEN": {"dot": None, "variables": {}}}
    found = problem(RUN_SHELL, arguments(given, deferred=deferred, secrets=["token"]), settings)
    assert "s3cret" not in str(found)
    assert "characters" not in str(found)
    assert "with ***" in found["detail"]


def test_standard_output_may_be_read_as_json():
    assert ran("echo '{\"a\": [1, 2.5]}'", stdout="json") == {"a": [1, 2.5]}
    assert ran("echo 42; exit 1", stdout="json", **{"return": "all"}) == {"code": 1, "stdout": 42, "stderr": ""}


@pytest.mark.parametrize("text", ["", "hello", "{", "NaN", "1e999"])
def test_what_is_no_json_is_an_error_then(text):
    kind, _, title, detail = failed(f"echo '{text}'", stdout="json")
    assert (kind, title) == ("runtime", "Output not understood")
    assert detail.startswith("the standard output of the command is no JSON: ")


def test_too_much_output_is_an_error_unless_nobody_wants_it():
    kind, _, title, detail = failed("yes")
    assert (kind, title) == ("runtime", "Too much output")
    assert "more than 1000000 bytes to stdout" in detail
    assert ran("yes | head -c 3000000", **{"return": "code"}) == 0


@pytest.mark.parametrize("command", ["", "  ", None, 5])
def test_a_command_is_a_text(command):
    assert failed(command)[0] == "expression"


@pytest.mark.parametrize(
    "given", [{"arguments": ["a\0b"]}, {"environment": {"A": "a\0b"}}, {"environment": {"A=B": "c"}}, {"environment": {"": "c"}}]
)
def test_what_no_process_can_be_given_is_refused(given):
    assert failed("true", **given)[0] == "configuration"


def test_it_may_take_as_long_as_the_task_and_no_longer():
    found = problem(RUN_SHELL, arguments(with_of("exec sleep 100"), timeout=200))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("timeout", 408)


def test_it_may_take_as_long_as_the_worker_allows_where_the_task_says_nothing():
    found = problem(RUN_SHELL, arguments(with_of("exec sleep 100")), Settings(process=Limits(seconds=0.2)))
    assert found["detail"] == "the process took longer than 0.2 s"


def test_whoever_looks_on_sees_the_latest_lines_without_secrets():
    beats = []

    async def looking():
        env = environment(heartbeat_timeout=timedelta(milliseconds=30))
        seen = asyncio.Event()
        env.on_heartbeat = lambda *details: (beats.append(details), seen.set() if details and details[0]["lines"] else None)
        given = with_of('echo "first $TOKEN"; printf half; exec sleep 100', environment={"TOKEN": "${$secrets.token}"})
        deferred = {"/environment/TOKEN": {"dot": None, "variables": {}}}
        running = asyncio.create_task(
            performed(
                RUN_SHELL,
                arguments(given, deferred=deferred, secrets=["token"]),
                Settings(environment={"SWTEMPORAL_SECRET_TOKEN": "s3cret"}),
                env,
            )
        )
        await seen.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(looking())
    assert beats[-1] == ({"lines": ["first ***"]},)


# Not awaited


def test_what_is_not_awaited_runs_on_and_ends_with_the_worker(tmp_path):
    async def starting():
        given = with_of(f"echo begun > {tmp_path}/trace; mkfifo {tmp_path}/never; cat {tmp_path}/never", **{"await": False})
        assert await performed(RUN_SHELL, arguments(given)) is None

    asyncio.run(asyncio.wait_for(starting(), 20))


def test_what_is_not_awaited_and_cannot_start_is_an_error():
    assert failed("true", environment={"": "x"}, **{"await": False})[0] == "configuration"


def test_what_is_not_awaited_and_fails_is_logged_without_secrets(caplog, monkeypatch):
    async def starting():
        settings = Settings(environment={"SWTEMPORAL_SECRET_TOKEN": "s3cret"})
        given = with_of('echo "$TOKEN" >&2; exit 7', environment={"TOKEN": "${$secrets.token}"}, **{"await": False})
        deferred = {"/environment/TOKEN": {"dot": None, "variables": {}}}
        noted = asyncio.Event()
        monkeypatch.setattr(caplog.handler, "emit", lambda record: (caplog.records.append(record), noted.set()))
        async with assembled(settings, Paths()) as activities:
            chosen = {one.__temporal_activity_definition.name: one for one in activities}[RUN_SHELL]
            assert await environment(activity_type=RUN_SHELL).run(chosen, arguments(given, deferred=deferred, secrets=["token"])) is None
            await noted.wait()

    with caplog.at_level(logging.WARNING, "activities"):
        asyncio.run(asyncio.wait_for(starting(), 20))
    assert [record.getMessage() for record in caplog.records] == [
        "nobody awaited the command, which failed: the command ended with code 7: ***"
    ]


def test_no_more_programs_run_at_once_than_a_worker_lets(tmp_path):
    alone = f"mkdir {tmp_path}/running && sleep 0.05 && rmdir {tmp_path}/running"

    async def together():
        async with assembled(Settings(process=Limits(at_once=1)), Paths()) as activities:
            (shell,) = [one for one in activities if one.__temporal_activity_definition.name == RUN_SHELL]
            asked = [environment(activity_type=RUN_SHELL).run(shell, arguments(with_of(alone, **{"return": "code"}))) for _ in range(4)]
            return await asyncio.gather(*asked)

    assert asyncio.run(together()) == [0, 0, 0, 0]
