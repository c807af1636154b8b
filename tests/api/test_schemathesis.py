"""A client that nobody here wrote asks all that the description allows, and much that it does not.

In process and bounded (https://schemathesis.readthedocs.io). What it looks for: an answer that the
description does not name or that does not fit its schema, a question refused that is allowed, one
answered that is not, a 5xx.
"""

from typing import Any

import pytest
from flask import Flask
from schemathesis.core.parameters import ParameterLocation

from directory.accounts.models import Role
from directory.api.description import path_of
from directory.api.operations import OF_BEARERS, OPERATIONS, Operation
from tests.tokens import Bearer, bearer

schemathesis = pytest.importorskip("schemathesis")
hypothesis = pytest.importorskip("hypothesis")

pytestmark = pytest.mark.slow
EXAMPLES = 60
# What is sent has many members, each of which may be wrong in its own way.
EXAMPLES_OF_BODIES = 200


def examined(count: int = EXAMPLES) -> Any:
    """Ask so many times, always the same."""
    return hypothesis.settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )


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

    return schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", _uncompressed(site_app), config=config
    )


def _uncompressed(app: Flask) -> Any:
    """The application for who has no socket: there nobody unpacks what is sent compressed."""

    def plain(environ: dict[str, Any], start: Any) -> Any:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return app(environ, start)

    return plain


@pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_questions_of_a_stranger_find_no_fault(
    described: Any, operation: Operation, mode: str
) -> None:
    asked = described[path_of(operation)]["GET"]
    kind = schemathesis.GenerationMode[mode]
    if mode == "NEGATIVE" and not asked.query:
        pytest.skip("nothing to be said wrongly")

    @examined()
    @hypothesis.given(case=asked.as_strategy(generation_mode=kind))
    def ask(case: Any) -> None:
        case.call_and_validate()

    ask()


# What needs a token ------------------------------------------------------------------------------


@pytest.fixture
def written(app: Flask) -> tuple[object, Bearer]:
    """The description of an application that may be written to, and a programme with a token."""
    app.config["COUNT_QUESTIONS"] = False
    programme = bearer(app, role=Role.REVIEWER)
    # What they send may name what there is not, or not fit where a draft stands.
    good = ["2xx", "304", "404", "409", "412", "422", "428"]
    config = schemathesis.Config.from_dict(
        {
            "checks": {"positive_data_acceptance": {"expected-statuses": good}},
            "generation": {"max-examples": EXAMPLES},
        }
    )
    return schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", _uncompressed(app), config=config
    ), programme


def _token_for(case: Any, programme: Bearer) -> dict[str, str]:
    """The token, unless what the case says wrongly is the headers: there it may be left out."""
    headers = case.meta.components.get(ParameterLocation.HEADER)
    if headers is not None and headers.mode is schemathesis.GenerationMode.NEGATIVE:
        return {}
    return {"Authorization": f"Bearer {programme.secret}"}


@pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"])
@pytest.mark.parametrize("operation", OF_BEARERS, ids=lambda one: one.name)
def test_what_strangers_write_finds_no_fault(
    written: tuple[Any, Bearer], operation: Operation, mode: str
) -> None:
    described, programme = written
    asked = described[path_of(operation)][operation.method]
    if mode == "NEGATIVE" and not (asked.query or asked.body):
        pytest.skip("nothing to be said wrongly")
    statuses = set()

    @examined(EXAMPLES if operation.in_path else EXAMPLES_OF_BODIES)
    @hypothesis.given(
        case=asked.as_strategy(generation_mode=schemathesis.GenerationMode[mode]),
        knows=hypothesis.strategies.booleans(),
    )
    def ask(case: Any, knows: bool) -> None:
        if knows and operation.in_path:
            _name_something_there(case, programme, operation)
        answer = case.call_and_validate(headers=_token_for(case, programme))
        statuses.add(answer.status_code)

    ask()
    # Nothing but refusals, or none, would have tested nothing.
    assert statuses & ({200, 201} if mode == "POSITIVE" else {400, 415, 422})


def _name_something_there(case: Any, programme: Bearer, operation: Operation) -> None:
    """Let the case be about a fresh draft or a published practice as it is now."""
    if operation.rule.startswith("/drafts"):
        made = programme.post("/practices", {"title": "Probe"})
        number, tag = made.get_json()["id"], made.headers["ETag"]
    else:
        number = programme.get("/practices?limit=1").get_json()["items"][0]["id"]
        present = programme.get(f"/practices/{number}").headers["ETag"]
        refused = programme.patch(f"/practices/{number}", {"title": "Probe"}, '"alt"')
        tag = refused.headers.get("ETag", present)
    case.path_parameters["id"] = number
    if operation.needs_tag and "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = tag
