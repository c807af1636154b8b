"""`/materialien`: press releases, dossiers, downloads, articles and links."""

from flask import Blueprint, render_template, request

from directory.db import db
from directory.pages.components.cards import resource_card
from directory.pages.components.listing import listing_view
from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import find

bp = Blueprint("resources", __name__, url_prefix="/materialien")


@bp.get("")
def index() -> str:
    """Show all material as a filtered list."""
    reference = get_reference(db.session)
    criteria = Criteria.from_args(request.args, kind=ListKind.RESOURCES, reference=reference)
    hits = find(db.session, criteria, reference)
    listing = listing_view(
        criteria,
        hits,
        reference,
        title="Materialien",
        intro=(
            "Pressemitteilungen, Dossiers, Arbeitshilfen und Links rund um das Netzwerk. Die "
            "Einträge führen auf Seiten anderer; ältere Adressen antworten vielleicht nicht mehr."
        ),
        page=hits.page.map(resource_card),
    )
    return render_template("resources/index.html", listing=listing)
