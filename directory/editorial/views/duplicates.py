"""`/redaktion/<art>/aehnliche`: what is published already, while somebody types a title."""

from flask import Blueprint, Response, jsonify, request

from directory.accounts.guards import get_account, requires
from directory.accounts.rights import Right
from directory.db import db
from directory.editorial.access import refuse_without_right
from directory.editorial.duplicates import similar_entries
from directory.editorial.forms.making import find_place
from directory.editorial.kinds import KINDS, kind_of_path
from directory.text import clean

bp = Blueprint("desk_duplicates", __name__, url_prefix="/redaktion")

_KIND = f"/<any({','.join(kind.path for kind in KINDS.values())}):path>"


@bp.get(f"{_KIND}/aehnliche")
@requires(Right.WRITE)
def index(path: str) -> Response:
    """Answer with published entries like `?titel=`, those of `?kommune=` (name or AGS) first."""
    account = get_account()
    kind = kind_of_path(path)
    refuse_without_right(account, kind)
    ags = find_place(db.session, clean(request.args.get("kommune", ""))[:120])
    found = similar_entries(db.session, kind, title=request.args.get("titel", ""), ags=ags)
    return jsonify(
        items=[{"title": one.title, "place": one.place, "url": one.href} for one in found]
    )
