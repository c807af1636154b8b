"""The watched browser notices what it promises to notice: each defect is planted here once."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium

from tests.browser import Browser, assert_accessible, axe
from tests.live import listening, serving

POLICY = "default-src 'none'; script-src 'self' 'nonce-abc'; img-src 'self' https:"
FRAME = """<!doctype html><html lang="de"><head><title>Probe</title></head>
<body><main><h1>Probe</h1>{}</main></body></html>"""
BODIES = {
    "/gut": "<p>Alles gut.</p>",
    "/fremd": '<img src="https://example.org/a.png" alt="">',
    "/stil": '<p style="color: red">Rot</p>',
    "/skript": '<script nonce="abc">fehlt.undGibtEsNicht()</script>',
    "/konsole": '<script nonce="abc">console.error("Oh je")</script>',
    "/verboten": "<script>document.title = 'Übernommen'</script>",
    "/nicht-da": '<img src="/gibt-es-nicht.png" alt="">',
    "/ohne-namen": '<button type="button"></button>',
}


@pytest.fixture(scope="module")
def probe() -> Iterator[str]:
    app = Flask("probe", static_folder=None)

    @app.get("/<name>")
    def show(name: str) -> tuple[str, int, dict[str, str]]:
        body = BODIES.get(f"/{name}")
        return FRAME.format(body or ""), 200 if body else 404, {"Content-Security-Policy": POLICY}

    @app.get("/favicon.ico")
    def icon() -> tuple[str, int]:
        return "", 204

    with listening() as (listener, base_url), serving(app, listener):
        yield base_url


@pytest.fixture
def probing(chromium_process: Chromium, probe: str) -> Browser:
    return Browser(chromium_process, probe)


def test_good_page_gives_no_reason_to_complain(probing: Browser) -> None:
    page = probing.new_page()
    page.goto("/gut")
    assert_accessible(page)
    probing.close()


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/fremd", "request to another host: https://example.org/a.png"),
        ("/stil", "CSP style-src-attr blocks inline"),
        ("/verboten", "CSP script-src-elem blocks inline"),
        ("/skript", "script: fehlt is not defined"),
        ("/konsole", "console: Oh je"),
        ("/nicht-da", "404"),
    ],
)
def test_defect_fails_the_test_that_opened_the_page(
    probing: Browser, path: str, complaint: str
) -> None:
    probing.new_page().goto(path)
    with pytest.raises(AssertionError) as failure:
        probing.close()
    assert complaint in str(failure.value)


def test_breach_of_the_policy_is_noticed_without_javascript(probing: Browser) -> None:
    probing.new_page(javascript=False).goto("/stil")
    with pytest.raises(AssertionError, match="Content Security Policy"):
        probing.close()


def test_allowed_host_answers_without_leaving_the_machine(probing: Browser) -> None:
    page = probing.new_page(allowed_hosts=("example.org",))
    page.goto("/fremd")
    assert page.locator("img").evaluate("image => image.naturalWidth") == 1
    assert probing.requests_elsewhere == ["https://example.org/a.png"]
    probing.close()


def test_provoked_error_is_forgiven_and_no_other(probing: Browser) -> None:
    probing.new_page(allowed_errors="404").goto("/nicht-da")
    probing.close()
    probing.new_page(allowed_errors="404").goto("/konsole")
    with pytest.raises(AssertionError, match="Oh je"):
        probing.close()


def test_axe_names_rule_and_element(probing: Browser) -> None:
    page = probing.new_page()
    page.goto("/ohne-namen")
    (violation,) = axe(page)
    assert (violation.rule, violation.target) == ("button-name", "button")
    probing.close()


def test_page_is_shown_as_wished(probing: Browser) -> None:
    page = probing.new_page(
        width=320, colour_scheme="dark", reduced_motion=True, forced_colours=True
    )
    page.goto("/gut")
    wishes = [
        "(width: 320px)",
        "(prefers-color-scheme: dark)",
        "(prefers-reduced-motion)",
        "(forced-colors: active)",
    ]
    assert page.evaluate("wishes => wishes.map(one => matchMedia(one).matches)", wishes) == [
        True
    ] * len(wishes)
    assert page.evaluate("navigator.language") == "de-DE"
    probing.close()
