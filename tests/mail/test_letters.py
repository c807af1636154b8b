"""The words of letters: one subject, whole links, and below it who writes and why."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from directory.config import Settings
from directory.mail import letters
from directory.mail.letters import TemplateFault, render_letter

SETTINGS = Settings(
    base_url="https://verzeichnis.example/",
    operator="Netzwerkbüro",
    operator_address="Musterstraße 1, 40213 Düsseldorf",
)


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Writes a template of the test's own; the footer is the real one."""
    folder = tmp_path / "email"
    folder.mkdir()
    footer = letters.resource_dir("templates") / "email" / "footer.txt"
    (folder / "footer.txt").write_bytes(footer.read_bytes())
    monkeypatch.setattr(letters, "resource_dir", lambda _name: tmp_path)
    letters._environment.cache_clear()  # noqa: SLF001
    yield lambda source: (folder / "own.txt").write_text(source, encoding="utf-8")
    letters._environment.cache_clear()  # noqa: SLF001


def test_letter_has_subject_text_and_footer() -> None:
    subject, text = render_letter("probe", settings=SETTINGS, recipient="a@example.org")
    assert subject == "Probe-Nachricht des Kommunen-Verzeichnisses"
    assert text == (
        "Guten Tag,\n"
        "\n"
        "diese Nachricht zeigt, dass der Versand eingerichtet ist: Sie ging an\n"
        "a@example.org, und Umlaute (ä, ö, ü, ß) sowie „Anführungszeichen“ sind\n"
        "angekommen.\n"
        "\n"
        "Zum Verzeichnis:\n"
        "https://verzeichnis.example/\n"
        "\n"
        "Sie müssen nichts weiter tun.\n"
        "\n"
        "-- \n"
        "Netzwerkbüro, Musterstraße 1, 40213 Düsseldorf\n"
        "https://verzeichnis.example\n"
        "Sie erhalten diese Nachricht, weil jemand mit Zugang zum Server eine\n"
        "Probe-Nachricht an diese Adresse verlangt hat."
    )


LONG = "/bestaetigen/" + "ab-cd" * 40


def test_long_lines_are_wrapped_and_links_are_whole(template) -> None:  # type: ignore[no-untyped-def]
    template(
        '{% set reason = "es so ist" %}\nBetreff\n'
        "- " + "Wort " * 30 + "\n> " + "Zitat " * 30 + "\nHier: {{ link(path) }}"
    )
    _, text = render_letter("own", settings=SETTINGS, path=LONG)
    body = text.split("\n\n-- \n")[0].splitlines()
    assert f"https://verzeichnis.example{LONG}" in body
    assert max(len(line) for line in body if "https" not in line) <= 76
    assert [line[:2] for line in body if "Wort" in line] == ["- ", "  "]
    assert {line[:2] for line in body if "Zitat" in line} == {"> "}


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a b", "/a\nb"]
)
def test_links_lead_to_this_site_only(template, path: str) -> None:  # type: ignore[no-untyped-def]
    template('{% set reason = "r" %}Betreff\n{{ link(path) }}')
    with pytest.raises(TemplateFault):
        render_letter("own", settings=SETTINGS, path=path)


def test_values_cannot_take_the_place_of_the_frame(template) -> None:  # type: ignore[no-untyped-def]
    template('{% set reason = "r" %}Betreff\n{{ site }}')
    _, text = render_letter("own", settings=SETTINGS, site="https://evil.example")
    assert text.startswith("https://verzeichnis.example\n")


def test_forgotten_values_are_errors(template) -> None:  # type: ignore[no-untyped-def]
    template('{% set reason = "r" %}Betreff\n{{ name }}')
    with pytest.raises(UndefinedError):
        render_letter("own", settings=SETTINGS)


@pytest.mark.parametrize(
    "source",
    ["Betreff\nText", '{% set reason = "r" %}\nNur ein Betreff', '{% set reason = "" %}B\nT'],
)
def test_templates_have_subject_text_and_reason(template, source: str) -> None:  # type: ignore[no-untyped-def]
    template(source)
    with pytest.raises(TemplateFault):
        render_letter("own", settings=SETTINGS)


def test_text_is_text(template) -> None:  # type: ignore[no-untyped-def]
    template('{% set reason = "r" %}{{ title }} & mehr\n„{{ title }}“')
    subject, text = render_letter("own", settings=SETTINGS, title="<b>Rat & Tat</b>")
    assert subject == "<b>Rat & Tat</b> & mehr"
    assert text.startswith("„<b>Rat & Tat</b>“")
