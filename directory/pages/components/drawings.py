"""Small drawings of the state for other pages: who belongs to the network, where a place lies."""

from dataclasses import replace

from flask import url_for
from sqlalchemy.orm import Session

from directory.geo.points import Point
from directory.maps.markers import MEMBER, OTHER
from directory.maps.outlines import NRW_PROJECTION
from directory.maps.svg import Drawing, SvgPoint, drawing, svg_areas
from directory.municipalities.models import Municipality
from directory.pages.components.map_data import Question, base_href, map_data
from directory.publication.catalogue import grounded
from directory.search.lists.listings import ListKind

_POINT_RADIUS = 11.0


def of_members(session: Session) -> Drawing:
    """Return the drawing of all documented members: those of the map page, as mere dots."""
    return grounded(session, "drawing of members", _of_members)


def _of_members(session: Session) -> Drawing:
    whole = map_data(session, Question(ListKind.MUNICIPALITIES)).drawing
    dots = (replace(point, r=_POINT_RADIUS, count=None) for point in whole.points)
    return replace(whole, points=tuple(dots))


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
    areas = svg_areas([municipality.ags], selected=True)
    return drawing(base_href=base_href(), areas=areas, points=[point])
