"""A client that nobody here wrote asks all that the description allows, and much that it does not.

In process and bounded (https://schemathesis.readthedocs.io). What it looks for: an answer that the
description does not name or that does not fit its schema, a question refused that is allowed, one
answered that is not, a 5xx.
"""

from typing import Any

import pytest
from flask import Flask

from directory.api.description import path_of
from directory.api.operations import OPERATIONS, Operation

schemathesis = pytest.importorskip("schemathesis")
hypothesis = pytest.importorskip("hypothesis")

pytestmark = pytest.mark.slow
EXAMPLES = 60


@pytest.fixture(scope="module")
def described(site_app: Flask) -> object:
    """The description of the shared application, to be asked without a socket."""
    config = schemathesis.Config.from_dict(
        {
            # Which places there are cannot be said in a schema: an unknown one is a 422 of its own.
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", "304", "404", "422"]}
            },
            "generation": {"max-examples": EXAMPLES},
        }
    )

    def plain(environ: dict[str, Any], start: Any) -> Any:
        # Without a socket nobody unpacks what is sent compressed.
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return site_app(environ, start)

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", plain, config=config)


@pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_questions_of_a_stranger_find_no_fault(
    described: Any, operation: Operation, mode: str
) -> None:
    asked = described[path_of(operation)]["GET"]
    kind = schemathesis.GenerationMode[mode]
    if mode == "NEGATIVE" and not asked.query:
        pytest.skip("nothing to be said wrongly")

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=asked.as_strategy(generation_mode=kind))
    def ask(case: Any) -> None:
        case.call_and_validate()

    ask()
