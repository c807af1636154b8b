"""Small drawings of the state for other pages: who belongs to the network, where a place lies."""

from flask import url_for
from sqlalchemy.orm import Session

from directory.geo.boundaries import NRW_PROJECTION
from directory.geo.points import Point
from directory.maps.markers import MEMBER, OTHER
from directory.maps.svg import Drawing, SvgPoint, drawing, svg_areas
from directory.municipalities.models import Municipality
from directory.pages.map_data import base_href, map_data
from directory.search.criteria import Criteria
from directory.search.listings import ListKind
from directory.search.reference import get_reference

_POINT_RADIUS = 13.0


def of_members(session: Session) -> Drawing:
    """Return the drawing of all documented members: the same as on the map page."""
    criteria = Criteria(kind=ListKind.MUNICIPALITIES)
    return map_data(session, criteria, get_reference(session)).drawing


def of_municipality(municipality: Municipality) -> Drawing | None:
    """Return where one municipality, county or district lies; None if that is not known."""
    if municipality.lat is None or municipality.lon is None:
        return None
    x, y = NRW_PROJECTION.xy(Point(municipality.lat, municipality.lon))
    point = SvgPoint(
        x=round(x, 1),
        y=round(y, 1),
        r=_POINT_RADIUS,
        title=municipality.name,
        href=url_for("municipalities.detail", slug=municipality.slug),
        kind=MEMBER if municipality.is_member else OTHER,
    )
    areas = svg_areas([municipality.ags], NRW_PROJECTION, selected=True)
    return drawing(base_href=base_href(), areas=areas, points=[point])
