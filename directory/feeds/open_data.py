"""`/katalog` for open-data portals, `/schnittstellen` for people: both from one table."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.wrappers import Response as AnyResponse

from directory.config import Settings
from directory.db import db
from directory.events.models import Event
from directory.feeds.data_sets import (
    DATA_SETS,
    NETWORK,
    DataSet,
    attribution_of,
    licence_of,
    services_offered,
)
from directory.practices.models import Practice
from directory.publication.catalogue import current_version, last_change, prepared
from directory.publication.models import Status
from directory.web.addresses import absolute
from directory.web.prepared import Prepared

bp = Blueprint("open_data", __name__)

# Ending → media type and the name RDFLib has for it; who does not mind gets the first.
FORMS = {
    "ttl": ("text/turtle", "turtle"),
    "jsonld": ("application/ld+json", "json-ld"),
}
_PAGE = "text/html"
_ENTRIES: dict[str, type[Practice] | type[Event]] = {
    "praxisbeispiele": Practice,
    "veranstaltungen": Event,
}


@bp.after_request
def open_to_scripts(response: AnyResponse) -> AnyResponse:
    """Let scripts of other sites read the catalogue."""
    if request.path.startswith("/katalog"):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag"
    return response


@bp.get("/katalog")
def catalogue() -> AnyResponse:
    """Lead to the catalogue in the form that is taken best; browsers to the page for people."""
    endings = {mimetype: ending for ending, (mimetype, _) in FORMS.items()}
    # Who says nothing takes anything.
    wanted = request.accept_mimetypes or MIMEAccept([("*/*", 1)])
    best = wanted.best_match([*endings, _PAGE])
    if best is None:
        raise NotAcceptable
    path = url_for(".written", ending=endings[best]) if best in endings else url_for(".page")
    response = redirect(path, 303)
    response.vary.add("Accept")
    return response


@bp.get('/katalog.<any("ttl", "jsonld"):ending>')
def written(ending: str) -> Response:
    """Give the catalogue as DCAT-AP.de 3.0."""
    mimetype, form = FORMS[ending]
    body = prepared(db.session, f"katalog.{ending}", lambda session: _write(session, form))
    return Prepared(body, mimetype).response(request)


@bp.get("/schnittstellen")
def page() -> str:
    """Show people what there is to fetch, how to use it and whom to name."""
    shown = [_shown(data_set) for data_set in DATA_SETS]
    return render_template(
        "feeds/data.html",
        contents=[(one["title"], one["id"]) for one in shown]
        + [("Schnittstellen für Programme", "programme"), ("Datenkatalog", "katalog")],
        data_sets=shown,
        services=services_offered(),
        catalogue=absolute(url_for(".catalogue")),
        forms=[(url_for(".written", ending=ending), FORMS[ending][0]) for ending in FORMS],
        things=_things(shown),
    )


def _write(session: Session, form: str) -> bytes:
    # RDFLib takes 20 MB, which only processes spend that are asked for the catalogue.
    from directory.feeds import dcat

    facts = dcat.Facts(
        changed=last_change(session) if current_version(session) else None,
        issued=_issued(session),
        years=_years(session),
    )
    return dcat.write(_settings(), facts, form=form)


def _issued(session: Session) -> dict[str, Any]:
    """Return since when the first entry of each set is public, where that is kept."""
    found = {
        name: session.scalar(
            select(func.min(entity.published_at)).where(entity.status == Status.PUBLISHED)
        )
        for name, entity in _ENTRIES.items()
    }
    return {name: moment for name, moment in found.items() if moment is not None}


def _years(session: Session) -> dict[str, tuple[int, int]]:
    """Return the years of the first and the last event."""
    first, last = session.execute(
        select(func.min(Event.year), func.max(Event.year)).where(Event.status == Status.PUBLISHED)
    ).one()
    return {} if first is None else {"veranstaltungen": (first, last)}


def _shown(data_set: DataSet) -> dict[str, Any]:
    settings = _settings()
    distributions = data_set.distributions
    return {
        "id": data_set.id,
        "title": data_set.title,
        "description": data_set.description,
        "provenance": data_set.provenance,
        "href": data_set.path,
        "licence": licence_of(data_set, settings),
        "attributions": sorted({attribution_of(data_set, one, settings) for one in distributions}),
        "distributions": distributions,
        "keywords": data_set.keywords,
    }


def _things(shown: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the sets in the words of schema.org, for search engines."""
    return {
        "@type": "DataCatalog",
        "name": "Kommunen-Verzeichnis: offene Daten",
        "url": absolute(url_for(".page")),
        "inLanguage": "de",
        "publisher": {"@type": "Organization", "name": _settings().operator or NETWORK},
        "dataset": [
            {
                "@type": "Dataset",
                "@id": absolute(f"/katalog#{one['id']}"),
                "name": one["title"],
                "description": one["description"],
                "url": absolute(one["href"]),
                "keywords": list(one["keywords"]),
                "spatialCoverage": "Nordrhein-Westfalen",
                "isAccessibleForFree": True,
                "license": one["licence"].href or absolute(url_for("pages.licences")),
                "creditText": one["attributions"],
                "distribution": [
                    {
                        "@type": "DataDownload",
                        "encodingFormat": way.form.mimetype,
                        "contentUrl": way.href,
                    }
                    for way in one["distributions"]
                ],
            }
            for one in shown
        ],
    }


def _settings() -> Settings:
    settings: Settings = current_app.config["DIRECTORY"]
    return settings
