"""`/redaktion/fassungen/<nr>/punkt`: which point the address of a contact point means."""

from flask import Blueprint, current_app, flash, request
from flask.typing import ResponseReturnValue

from directory.accounts.guards import WrongToken, get_account, requires
from directory.accounts.rights import Right
from directory.db import begin_write, db
from directory.editorial.access import get_copy
from directory.editorial.forms.making import make_form
from directory.editorial.kinds import KINDS
from directory.editorial.points import address_of
from directory.editorial.views.copies import keep_written, let_long_forms_in, show_typed_again
from directory.editorial.views.parking import keep_typed
from directory.editorial.views.point_view import asks_service
from directory.geo.addresses import GeocoderAway
from directory.geo.geocoder import find_address

bp = Blueprint("desk_point", __name__, url_prefix="/redaktion")
bp.url_value_preprocessor(let_long_forms_in)
bp.register_error_handler(WrongToken, show_typed_again)


@bp.post("/fassungen/<int:copy_id>/punkt")
@requires(Right.WRITE, signed_out=keep_typed)
def look_up(copy_id: int) -> ResponseReturnValue:
    """Keep what was written and ask where its address is; the form then shows what is known.

    Nothing waits for the service with the database open, and nothing is lost when it is away.
    """
    account = get_account()
    begin_write(db.session)
    copy = get_copy(db.session, account, copy_id)
    kind = KINDS[copy.kind]
    form = make_form(db.session, kind, account, values=copy.fields, typed=request.form)
    values = form.values()
    answer = keep_written(account, kind, copy, values)
    is_saved = not isinstance(answer, tuple)
    address = address_of(values)
    if is_saved and address and asks_service(account):
        db.session.rollback()
        settings = current_app.config["DIRECTORY"]
        try:
            find_address(db.engine, address, url=settings.geocoder_url, contact=settings.contact)
        except GeocoderAway as error:
            flash(error.sentence, "warning")
    return answer
