"""The rules a document must keep beyond its structure, in reading order. One rule is one generator of problems."""

from __future__ import annotations

from interpreter.document.findings import Problem
from interpreter.document.rules.cache import cache
from interpreter.document.rules.catch_filter import catch_filter
from interpreter.document.rules.default_catalog import default_arguments
from interpreter.document.rules.dsl_version import dsl_version
from interpreter.document.rules.duplicate_names import duplicate_names, two_defaults
from interpreter.document.rules.expressions import bad_expression
from interpreter.document.rules.hints import bad_hint
from interpreter.document.rules.lengths import bad_duration, lifetime
from interpreter.document.rules.lost_data import lost_data
from interpreter.document.rules.missing_workflow import missing_workflow
from interpreter.document.rules.nesting import data_depth, task_nesting
from interpreter.document.rules.oauth import incomplete_oauth
from interpreter.document.rules.one_of import one_of
from interpreter.document.rules.schedule import read_without_on, schedule
from interpreter.document.rules.script_arguments import script_arguments
from interpreter.document.rules.secrets import client_certificate, literal_credential, secrets_in_data, unknown_secret
from interpreter.document.rules.source import CompileCheck, Identity, Rule, Source
from interpreter.document.rules.unknown_function import circular_functions, unknown_function
from interpreter.document.rules.unknown_reference import unknown_reference
from interpreter.document.rules.unknown_target import unknown_target
from interpreter.document.rules.unsupported import unsupported
from interpreter.document.rules.until import until_in_until

__all__ = ["FUNCTION_RULES", "RULES", "CompileCheck", "Identity", "Rule", "Source", "broken", "unsupported"]

RULES: tuple[Rule, ...] = (
    dsl_version,
    task_nesting,
    data_depth,
    one_of,
    until_in_until,
    catch_filter,
    bad_duration,
    lifetime,
    script_arguments,
    incomplete_oauth,
    duplicate_names,
    two_defaults,
    unknown_target,
    unknown_reference,
    unknown_function,
    circular_functions,
    default_arguments,
    bad_expression,
    lost_data,
    secrets_in_data,
    unknown_secret,
    client_certificate,
    cache,
    bad_hint,
    literal_credential,
    read_without_on,
    schedule,
    missing_workflow,
    unsupported,
)

FUNCTION_RULES: tuple[Rule, ...] = (
    task_nesting,
    data_depth,
    one_of,
    until_in_until,
    catch_filter,
    bad_duration,
    duplicate_names,
    two_defaults,
    unknown_target,
    default_arguments,
    cache,
    bad_expression,
    bad_hint,
    unsupported,
)
"""The rules for a function in a file of its own: those that need nothing of the document that calls it."""


def broken(source: Source) -> list[Problem]:
    """Everything the rules have to say about a document."""
    return [problem for rule in RULES for problem in rule(source)]
