"""The door for pages refuses what it promises to refuse: each defect is planted here once."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import Heading, Link, Page, get, post

GOOD = """<!doctype html>
<html lang="de">
<head>
  <meta charset="utf-8">
  <title>Praxisbeispiele – Kommunen-Verzeichnis</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="description" content="Gute Beispiele aus Kommunen.">
  <link rel="stylesheet" href="/static/base.css">
  <script type="application/ld+json">{"name": "Bürgerrat"}</script>
  <script nonce="abc">document.title</script>
</head>
<body>
  <a class="skip-link" href="#inhalt">Zum Inhalt springen</a>
  <header><nav aria-label="Hauptnavigation"><a href="/kommunen">Kommunen</a></nav></header>
  <main id="inhalt">
    <h1>Praxis&shy;beispiele</h1>
    <p>Stand 16.10.2017 – „Bürgerrat“ …<br>mit <b>Bürgerinnen</b> und Bürgern</p>
    <form action="/praxisbeispiele" method="get">
      <label for="q">Suche</label> <input id="q" name="q" value="a &amp; b">
      <fieldset class="facet__body"><legend>Thema</legend>
        <input type="checkbox" id="t" name="thema" value="b" checked>
        <label for="t">Beteiligung
          <span class="facet__count">1.234<span class="sr-only"> Treffer</span></span></label>
        <input type="checkbox" id="u" name="thema" value="k">
        <label for="u">Kultur
          <span class="facet__count">2<span class="sr-only"> Treffer</span></span></label>
      </fieldset>
      <select name="sort" aria-label="Sortierung"><option value="neu">neu</option></select>
      <button type="submit">Suchen</button>
    </form>
    <h2>Treffer</h2>
    <section><h3><a href="/praxisbeispiele/buergerrat">Bürgerrat</a></h3>
      <img src="/static/a.png" alt="Ein Kreis von Stühlen">
      <svg viewBox="0 0 1 1"><path d="M0 0"/></svg></section>
    <p>Sie suchten <kbd>"Bürger*innen" ...</kbd></p>
  </main>
  <footer>
    <nav aria-label="Weitere Seiten"><a href="mailto:info@example.org">Schreiben</a></nav>
  </footer>
</body>
</html>"""
POLICY = "default-src 'none'; script-src 'self' 'nonce-abc'"


def serving(html: str, status: int = 200, **headers: str) -> FlaskClient:
    app = Flask("probe", static_folder=None)

    @app.route("/", methods=["GET", "POST"])
    def show() -> tuple[str, int, dict[str, str]]:
        return html, status, {"Content-Security-Policy": POLICY, **headers}

    return app.test_client()


@pytest.fixture
def page() -> Page:
    return get(serving(GOOD), "/")


def test_good_page_passes_and_can_be_read(page: Page) -> None:
    assert page.title == "Praxisbeispiele"
    assert page.h1 == "Praxis\u00adbeispiele"
    assert page.headings[1:] == [Heading(2, "Treffer"), Heading(3, "Bürgerrat")]
    assert page.links == [Link("Bürgerrat", "/praxisbeispiele/buergerrat")]
    assert page.link("Bürgerrat") == "/praxisbeispiele/buergerrat"
    assert page.facets == {"Thema": {"Beteiligung": 1234, "Kultur": 2}}
    assert page.fields("/praxisbeispiele") == {"q": "a & b", "thema": "b", "sort": "neu"}
    assert "„Bürgerrat“ … mit Bürgerinnen und Bürgern" in page.text
    assert "document.title" not in page.text


@pytest.mark.parametrize(
    ("selector", "count"),
    [
        ("nav a", 2),
        ("header nav a, footer a", 2),
        ('nav[aria-label="Weitere Seiten"] a', 1),
        ("main section h3 a", 1),
        ("section main a", 0),
        ("a.skip-link", 1),
        ("#inhalt .sr-only", 2),
        ('a[href^="/praxis"]', 1),
        ('[href$="rat"]', 1),
        ('[href*="example"]', 1),
        ("input[checked]", 1),
        ("main *[name=q]", 1),
    ],
)
def test_selectors(page: Page, selector: str, count: int) -> None:
    assert len(page.all(selector)) == count


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ("<!doctype html>", "", "no <!doctype html>"),
        ("</form>", "", "closes over <form action"),
        ("</main>", "</div></main>", "closes nothing"),
        ("</section>", "<section>", "closes over <section>"),
        ("Stand 16", "<div>Stand</div> 16", "ends <p>"),
        ("<h2>Treffer</h2>", "<h2/>", "closes itself"),
        (">Kommunen</a>", "><a href='/'>Kommunen</a></a>", "inside another <a>"),
        ('id="q" name', 'id="q" id="q2" name', "has an attribute twice"),
        ('lang="de"', 'lang="en"', "no <html lang=de>"),
        ("Praxisbeispiele – Kommunen-Verzeichnis", " ", "one title with text"),
        ("initial-scale=1", "maximum-scale=1", "lets people zoom"),
        ("<h2>Treffer</h2>", "<h1>Treffer</h1>", "not exactly one h1"),
        ("<h2>Treffer</h2>", "<h2><br></h2>", "empty h2"),
        ("<h2>Treffer</h2>", "", "h3 “Bürgerrat” follows h1"),
        ('id="u"', 'id="t"', "id “t” occurs 2 times"),
        ('id="q"', 'id=""', "id “” is empty or has a space"),
        ('for="q"', 'for="r"', "refers to “r”, which is not there"),
        ('aria-label="Sortierung"', 'aria-labelledby="x q"', "refers to “x”"),
        (' alt="Ein Kreis von Stühlen"', "", "has no alt"),
        (' aria-label="Sortierung"', "", '<select name="sort"> in line'),
        ('<label for="q">Suche</label>', "", "has no label"),
        (">Kommunen</a>", "></a>", "has no name"),
        ('type="submit"', "", "does not say its type"),
        ('<script nonce="abc">', "<script>", "does not carry the announced nonce"),
        ("</head>", "<style>a {}</style></head>", "does not carry the announced nonce"),
        ("<h1>", '<h1 style="color: red">', "has the attribute style"),
        ("<h1>", '<h1 onclick="x()">', "has the attribute onclick"),
        ("/static/base.css", "https://example.org/base.css", "is not ours"),
        ("/static/a.png", "//example.org/a.png", "is not ours"),
        ('action="/praxisbeispiele"', 'action=""', "has no action that is a path"),
        ('action="/praxisbeispiele"', 'action="//example.org"', "has no action that is a path"),
        (' method="get"', "", "has no method"),
        ('href="/kommunen"', "", "leads nowhere"),
        ('href="/kommunen"', 'href="#"', "leads nowhere on this page"),
        ('href="/kommunen"', 'href="javascript:x()"', "leads nowhere"),
        ("Treffer</h2>", "None</h2>", "a value nobody filled in in text"),
        ("Treffer</h2>", "{{ titel }}</h2>", "a template's own language"),
        ("Treffer</h2>", "&lt;b&gt;Treffer&lt;/b&gt;</h2>", "HTML as text"),
        ("Treffer</h2>", "K&amp;amp;R</h2>", "HTML as text"),
        ("„Bürgerrat“", '"Bürgerrat"', "a straight quotation mark"),
        (" …<br>", " ...<br>", "three dots"),
        ("16.10.2017", "2017-10-16", "a date machines write"),
        ("Bürgerinnen</b> und Bürgern", "Bürger</b>*innen", "a gender sign"),
        ("Bürgerinnen", "Bürger:innen", "a gender sign"),
        ("Bürgerinnen", "BürgerInnen", "a gender sign"),
        ('content="Gute', 'content="undefined Gute', "filled in in description"),
        ('alt="Ein', 'alt="None Ein', "filled in in alt"),
        ('class="skip-link" href="#inhalt"', 'href="/"', "not the skip link"),
        ("<footer>", "<div>", "not exactly one footer"),
        ("Weitere Seiten", "Hauptnavigation", "navigations without a name of their own"),
    ],
)
def test_defect_is_refused(good: str, bad: str, complaint: str) -> None:
    assert GOOD.count(good) == 1
    with pytest.raises(AssertionError) as refusal:
        get(serving(GOOD.replace(good, bad)), "/")
    assert complaint in str(refusal.value)


@pytest.mark.parametrize("policy", ["", "script-src 'unsafe-inline'"])
def test_page_without_strict_policy_is_refused(policy: str) -> None:
    with pytest.raises(AssertionError, match="Content-Security-Policy is"):
        get(serving(GOOD, **{"Content-Security-Policy": policy}), "/")


def test_other_content_type_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"Content-Type is text/html$"):
        get(serving(GOOD, **{"Content-Type": "text/html"}), "/")


def test_other_status_is_refused_and_names_the_target() -> None:
    with pytest.raises(AssertionError, match=r"302 FOUND instead of 200, to /anmelden"):
        get(serving(GOOD, 302, Location="/anmelden"), "/")


def test_error_pages_and_embeds_stand_alone() -> None:
    alone = GOOD.replace("<footer>", "<div>").replace("</footer>", "</div>")
    get(serving(alone, 404), "/", status=404)
    get(serving(alone), "/", framed=False)
    post(serving(alone, 422), "/", {"q": ""}, status=422)
    with pytest.raises(AssertionError, match="footer"):
        get(serving(alone), "/")
