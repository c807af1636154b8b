"""Pieces rendered once look as if they were rendered each time."""

from flask import Flask
from markupsafe import Markup

from directory.web.moulds import filled


def test_filled_mould_looks_as_rendered(site_app: Flask):
    template = "components/facet.html"
    with site_app.app_context():
        macro = site_app.jinja_env.get_template(template).module.facet_value  # type: ignore[attr-defined]
        for chosen in (True, False):
            args = ("thema", "a&b", 'Ehre & "Amt" <b>', chosen)
            for count in ("7", "1.234"):
                assert filled(template, "facet_value", args, count) == macro(*args, count)


def test_what_is_filled_in_is_escaped_unless_it_is_markup(site_app: Flask):
    args = ("thema", "wert", "Wert", False)
    with site_app.app_context():
        assert "<b>" not in filled("components/facet.html", "facet_value", args, "<b>")
        assert "<b>" in filled("components/facet.html", "facet_value", args, Markup("<b>"))
