"""What the form of a contact point shows about where it is."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from directory.accounts.guards import get_account
from directory.accounts.models import Account
from directory.accounts.rights import Right, may
from directory.db import db
from directory.editorial.forms.fields import EntryForm
from directory.editorial.forms.points import OFFER
from directory.editorial.points import find_centre, offers_for
from directory.geo.boundaries import ATTRIBUTION
from directory.publication.models import WorkingCopy


@dataclass(frozen=True)
class PointView:
    """Points to choose from, once somebody asked for them, and the map they are corrected on."""

    name: str
    # Label, value and whether it is only the middle of the town; None: nobody asked
    offers: list[tuple[str, str, bool]] | None
    # Where the search is sent; nothing: the draft has to be saved first
    action: str
    asks_service: bool
    # Where the map begins while there is no point, in degrees; nothing: with the whole state
    around: str
    boundaries_href: str
    attribution: str


def asks_service(account: Account) -> bool:
    """Whether `account` enters addresses for the whole network, and a service is configured.

    The usage policy of such services is for people entering addresses, few and known.
    """
    return bool(current_app.config["DIRECTORY"].geocoder_url) and may(account, Right.REVIEW)


def point_view(form: EntryForm, copy: WorkingCopy | None) -> PointView | None:
    """Return what to show about the point of an entry; None where the form has none."""
    if "lat" not in form or "street" not in form:
        return None
    values = form.values()
    with_service = asks_service(get_account())
    centre = find_centre(db.session, values)
    offers = None
    if request.args.get(OFFER) == "1":
        offers = [
            (one.label, f"{one.point.lat:.6f},{one.point.lon:.6f}", one.is_centre)
            for one in offers_for(db.session, values, with_service=with_service)
        ]
    return PointView(
        name=OFFER,
        offers=offers,
        action=url_for("desk_point.look_up", copy_id=copy.id) if copy else "",
        asks_service=with_service,
        around=f"{centre.point.lat:.6f},{centre.point.lon:.6f}" if centre else "",
        boundaries_href=url_for("map.boundaries", detail="detail"),
        attribution=ATTRIBUTION,
    )
