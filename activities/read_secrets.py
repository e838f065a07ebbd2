"""The effect `secrets.read`: secrets for a document that wants them in its data (`metadata.swtemporal.secretsInData`).

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#secret
"""

from __future__ import annotations

from activities.invocation import Invocation
from interpreter.values import Json


async def read_secrets(invocation: Invocation) -> Json:
    """The values of the secrets in `with.names` by name; an `authorization` fault for one that is undeclared or missing.

    They become part of the run's history, as the document asked.
    """
    return await invocation.secrets.read(invocation.with_["names"])
