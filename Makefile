# Everything a developer or CI runs. Needs python3 and make; the rest is installed into this folder (.venv, .tools).
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

# A Temporal CLI that was installed here is found by everything below, tests and demo alike.
export PATH := $(CURDIR)/.tools:$(PATH)

.PHONY: help setup temporal demo test check lint fmt types imports unit server conformance reference histories findings counterparts debian test-counterparts chaos bench lock clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 19

setup: .venv/.installed ## virtual environment with everything pinned by hash

.venv/.installed: requirements-dev.lock pyproject.toml
	@echo "installing the pinned packages into .venv" >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock >&2
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable . >&2
	@touch $@

temporal: setup ## the Temporal CLI: on PATH, else downloaded, else built by Go
	@$(BIN)/python .ci/temporal.py .tools

demo: setup temporal ## the main job: a sample of ten tasks on an embedded Temporal server
	@$(BIN)/python samples/demo.py

test: check temporal ## every check there is; ends with the summary of the tests
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup

check: lint types imports ## every check that runs nothing

lint: setup ## format check and lint
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .

fmt: setup ## format, and repair what can be repaired
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: setup ## strict type check
	@$(BIN)/mypy

imports: setup ## who may import whom
	@$(BIN)/lint-imports --no-logo

unit: setup ## the tests that need no server
	@$(BIN)/pytest -n $(WORKERS) -m "not server and not story and not chaos and not counterpart"

server: setup temporal ## the tests on a real Temporal server
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "(server or story) and not chaos and not counterpart"

conformance: setup temporal ## the kit and our own cases in both worlds; writes docs/conformance.md
	@$(BIN)/pytest tests/conformance -n $(WORKERS) --dist loadgroup --conformance-report docs/conformance.md

reference: setup ## write docs/reference from the model of the language
	@$(BIN)/python -m docs.generator

histories: setup temporal ## record the samples that have no history yet into tests/replay
	@$(BIN)/python -m tests.replay

findings: setup ## write anew what is said about mistakes in documents, for review
	@$(BIN)/python -m tests.interpreter.document.mistakes

OIDC_PROVIDER := 9.13.3
MCP_EVERYTHING := 2026.8.31
NATS_SERVER := v2.15.2
KAFKA := 3.9.1

counterparts: .tools/oidc/.$(OIDC_PROVIDER) .tools/mcp/.$(MCP_EVERYTHING) .tools/.nats-server-$(NATS_SERVER) .tools/kafka/.$(KAFKA) .venv/.counterparts debian ## programs that others wrote, into .tools

.tools/oidc/.$(OIDC_PROVIDER):
	@npm install --silent --no-fund --no-audit --prefix .tools/oidc oidc-provider@$(OIDC_PROVIDER)
	@touch $@

.tools/mcp/.$(MCP_EVERYTHING):
	@npm install --silent --no-fund --no-audit --prefix .tools/mcp @modelcontextprotocol/server-everything@$(MCP_EVERYTHING)
	@touch $@

.tools/.nats-server-$(NATS_SERVER):
	@GOBIN=$(CURDIR)/.tools go install github.com/nats-io/nats-server/v2@$(NATS_SERVER)
	@touch $@

.tools/kafka/.$(KAFKA): tests/counterparts/kafka.xml
	@mvn --quiet --batch-mode --file $< dependency:copy-dependencies -Dkafka=$(KAFKA) -DoutputDirectory=$(CURDIR)/.tools/kafka
	@touch $@

.venv/.counterparts: requirements-counterparts.lock .venv/.installed
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-counterparts.lock >&2
	@touch $@

DEBIAN := redis-server mosquitto rabbitmq-server postgresql docker.io busybox-static file
debian: # packages of Debian, where this is Debian and we may install them
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! dpkg --status $(DEBIAN) >/dev/null 2>&1; then \
		apt-get update --quiet=2 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends $(DEBIAN) >/dev/null; fi

test-counterparts: setup temporal counterparts ## the tests against programs that others wrote
	@$(BIN)/pytest -m counterpart

chaos: setup temporal ## the tests that take long: interruptions, loops and masses
	@$(BIN)/pytest tests/interpreter/test_interruption.py -n $(WORKERS) -k generated --generated 20000
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m chaos

bench: setup temporal ## what it costs beside hand-written workflows; writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks $(BENCH)

lock: setup ## resolve the pinned packages anew (hashes only, no address of any index)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group build $(LOCK) --output-file requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --constraints requirements.lock $(LOCK) --output-file requirements-dev.lock
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --group counterparts --constraints requirements-dev.lock $(LOCK) --output-file requirements-counterparts.lock

LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --upgrade

clean: ## remove what the other targets made
	@rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .import_linter_cache dist
