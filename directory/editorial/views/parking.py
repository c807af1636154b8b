"""When a session ended while somebody was writing: nothing of what they sent is lost."""

from collections.abc import Iterable

from flask import Blueprint, current_app, make_response, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from directory.accounts.guards import former_account, get_account, requires, sign_in_href
from directory.accounts.rights import Right
from directory.db import begin_write, db
from directory.editorial.access import get_copy, refuse_without_right
from directory.editorial.kinds import KINDS, kind_of_path
from directory.editorial.views.form_page import typed_page
from directory.errors import NotFound
from directory.publication import parking

bp = Blueprint("desk_parking", __name__, url_prefix="/redaktion")

FORMS = frozenset(
    {
        "desk_copies.create",
        "desk_copies.save",
        "desk_copies.bring_together",
        "desk_files.add",
        "desk_point.look_up",
    }
)
_NOT_TYPED = frozenset({"csrf_token", "aufbewahrt"})


def keep_typed() -> Response:
    """Answer a form that was sent without a session: keep it, say so, lead to the sign-in.

    Only whose cookie we know is kept something for; for everybody else the text stays in the
    answer, from where it can be sent again.
    """
    typed = list(_typed(request.form.items(multi=True)))
    owner = former_account()
    href = ""
    if owner is not None:
        begin_write(db.session)
        kept = parking.park(db.session, account_id=owner.id, path=request.path, typed=typed)
        href = sign_in_href(url_for("desk_parking.resume", number=kept.id))
        db.session.commit()
    page = render_template(
        "editorial/kept_text.html",
        typed=typed,
        action=request.path,
        href=href,
        sign_in_href=sign_in_href("/redaktion"),
    )
    return make_response(page, 401, {"Cache-Control": "no-store"})


@bp.get("/aufbewahrt/<int:number>")
@requires(Right.WRITE)
def resume(number: int) -> str:
    """Show the form with everything that was typed before the session ended."""
    kept = parking.find_parked(db.session, account_id=get_account().id, number=number)
    if kept is None:
        raise NotFound("Dieser Text ist schon gespeichert oder nicht mehr aufbewahrt.")
    typed = MultiDict([(name, value) for name, value in kept.typed])
    return typed_again(
        kept.path,
        typed,
        kept="Ihr Text ist noch da. Gespeichert ist er noch nicht: Bitte speichern Sie ihn jetzt.",
        parked=kept.id,
    )


def typed_again(
    path: str,
    typed: "MultiDict[str, str]",
    *,
    failed: str = "",
    kept: str = "",
    parked: int = 0,
) -> str:
    """Return the page of the form at `path` with what was typed, if one may still write there.

    Raises:
        NotFound, NotAllowed: there is no such form (any more), or it is somebody else's.
    """
    endpoint, values = current_app.url_map.bind("").match(path, method="POST")
    account = get_account()
    if endpoint not in FORMS:
        raise NotFound("Dieses Formular gibt es nicht (mehr).")
    if endpoint == "desk_copies.create":
        kind = kind_of_path(values["path"])
        refuse_without_right(account, kind)
        return typed_page(kind, None, typed, failed=failed, kept=kept, parked=parked)
    copy = get_copy(db.session, account, values["copy_id"])
    return typed_page(KINDS[copy.kind], copy, typed, failed=failed, kept=kept, parked=parked)


def _typed(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in pairs if name not in _NOT_TYPED)
