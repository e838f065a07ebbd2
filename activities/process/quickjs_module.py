"""The program that runs a JavaScript module on QuickJS: `python -I quickjs_module.py FILE [ARGUMENT …]`.

What a module finds: `console`, `process` with `argv`, `env`, `exit`, `stdin.fd` and `stdout.write`, top-level `await`, and of
Node's modules `fs` (`readFileSync` of standard input) and `process`. An import of anything else ends it with code 1.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import quickjs

_STACK = 1_000_000
_EXIT = "swtemporal: exit"

_IMPORT = re.compile(r"""^[ \t]*import\s+([^'";]+?)\s+from\s+(['"])(?:node:)?(\w+)\2[ \t]*;?""", re.MULTILINE)

_WORLD = """
(() => {
  const host = globalThis.__host, told = JSON.parse(globalThis.__told);
  delete globalThis.__host; delete globalThis.__told; delete globalThis.performance;
  const text = value => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return `${value}\\n${value.stack ?? ''}`.trimEnd();
    if (typeof value === 'object' && value !== null) { try { return JSON.stringify(value); } catch { return String(value); } }
    return typeof value === 'function' ? `[Function: ${value.name}]` : String(value);
  };
  const print = stream => (...values) => host(stream, values.map(text).join(' ') + '\\n');
  const out = print('stdout'), err = print('stderr');
  globalThis.console = { log: out, info: out, debug: out, warn: err, error: err, trace: err };
  const write = stream => chunk => { host(stream, String(chunk)); return true; };
  const process = {
    argv: told.argv, env: told.env, platform: told.platform, exitCode: undefined,
    exit: code => { host('exit', String(code ?? process.exitCode ?? 0)); throw new Error(told.exit); },
    stdin: { fd: 0 }, stdout: { fd: 1, write: write('stdout') }, stderr: { fd: 2, write: write('stderr') },
  };
  const fs = { readFileSync: file => {
    if (file !== 0 && file !== '/dev/stdin') throw new Error(`only standard input can be read here, not ${file}`);
    return host('read', '');
  } };
  globalThis.process = process;
  const modules = { fs: { ...fs, default: fs }, process: { ...process, default: process } };
  globalThis.__module = name => {
    if (!(name in modules)) throw new Error(`there is no module '${name}' on QuickJS; it needs Node.js on the worker's PATH`);
    return modules[name];
  };
  globalThis.__watch = module => module.then(() => host('exit', String(process.exitCode ?? 0)), error => {
    if (error?.message === told.exit) return;
    host('stderr', text(error) + '\\n'); host('exit', '1');
  });
})();
"""


class _Ended(Exception):
    """The module has ended, or asked for it."""


def main(file: str, *arguments: str) -> int:
    """Run the module; gives its exit code."""
    context = quickjs.Context()
    context.set_max_stack_size(_STACK)
    codes: list[int] = []

    def host(what: str, text: str) -> str | None:
        match what:
            case "read":
                return sys.stdin.buffer.read().decode("utf-8", "replace")
            case "exit":
                codes.append(int(text))
            case _:
                stream = sys.stdout if what == "stdout" else sys.stderr
                stream.write(text)
                stream.flush()
        return None

    told = {"argv": ["quickjs", file, *arguments], "env": dict(os.environ), "platform": sys.platform, "exit": _EXIT}
    context.add_callable("__host", host)
    context.set("__told", json.dumps(told))
    context.eval(_WORLD)
    try:
        context.set("__running", context.module(_imported(Path(file).read_text(encoding="utf-8"))))
        context.eval("__watch(__running); delete globalThis.__running; delete globalThis.__watch;")
        while not codes and context.execute_pending_job():
            pass
    except quickjs.JSException as error:
        if not codes:
            sys.stderr.write(f"{error}\n")
            return 1
    # A module that awaits what never comes ends as on Node.
    return codes[0] if codes else 13


def _imported(code: str) -> str:
    """The code with its imports of Node's modules bound to what stands in for them; lines keep their numbers."""
    return _IMPORT.sub(lambda found: _binding(found[1], found[3]), code)


def _binding(names: str, module: str) -> str:
    lookup = f"__module('{module}')"
    parts = []
    default, _, rest = names.partition(",") if not names.startswith(("{", "*")) else ("", "", names)
    if default.strip():
        parts.append(f"const {default.strip()} = {lookup}.default;")
    rest = rest.strip()
    if rest.startswith("*"):
        parts.append(f"const {rest.partition(' as ')[2].strip()} = {lookup};")
    elif rest:
        renamed = re.sub(r"\s+as\s+", ": ", rest)
        parts.append(f"const {renamed} = {lookup};")
    return " ".join(parts)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
