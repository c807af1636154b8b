"""`/redaktion/konten`: who may sign in, and as what. For administrators."""

from flask import flash, get_flashed_messages, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from directory.accounts import operations, sessions, tokens
from directory.accounts.blueprint import bp, note, place_names, typed
from directory.accounts.guards import csrf_token, get_account, requires
from directory.accounts.letters import send_invitation
from directory.accounts.links import open_invitations
from directory.accounts.models import LONGEST_EMAIL, LONGEST_NAME, Account, Role
from directory.accounts.operations import InvalidAccount
from directory.accounts.places import read_places, written_places
from directory.accounts.queries import all_accounts, get_by_id
from directory.accounts.rights import Right
from directory.db import begin_write, db
from directory.errors import Conflict

_UNKNOWN_ROLE = "Bitte wählen Sie eine Rolle."


@bp.get("/redaktion/konten")
@requires(Right.ACCOUNTS)
def accounts() -> str:
    """List all accounts."""
    names = place_names()
    invitations = open_invitations(db.session)
    return render_template(
        "accounts/index.html",
        accounts=[
            {
                "account": account,
                "places": [names.get(ags, ags) for ags in sorted(account.places)],
                "invited_until": invitations.get(account.id),
            }
            for account in all_accounts(db.session)
        ],
        messages=get_flashed_messages(),
    )


@bp.get("/redaktion/konten/einladen")
@requires(Right.ACCOUNTS)
def invite() -> str:
    """Ask whom to invite, and as what."""
    return _invite_page()


@bp.post("/redaktion/konten/einladen")
@requires(Right.ACCOUNTS)
def send_invited() -> Response:
    """Invite somebody: the account is made, the letter queued."""
    begin_write(db.session)
    role, places, problems = _typed_rights()
    try:
        account = operations.create_account(
            db.session, email=typed("email"), role=role, places=places, name=typed("name")
        )
    except InvalidAccount as error:
        problems = error.problems | problems
    if problems:
        return make_response(_invite_page(problems), 422)
    send_invitation(db.session, account)
    note("account invited", account, role=role.value, places=sorted(places))
    db.session.commit()
    flash(f"Die Einladung an {account.email} ist unterwegs.")
    return redirect(url_for(".accounts"), 303)


@bp.get("/redaktion/konten/<int:number>")
@requires(Right.ACCOUNTS)
def account_of(number: int) -> str:
    """Show one account, and what can be done about it."""
    return _account_page(get_by_id(db.session, number))


@bp.post("/redaktion/konten/<int:number>")
@requires(Right.ACCOUNTS)
def change_account(number: int) -> Response:
    """Change role and municipalities; whoever it is has to sign in again."""
    begin_write(db.session)
    account = get_by_id(db.session, number)
    role, places, problems = _typed_rights()
    try:
        if not problems:
            operations.change_role(db.session, account, role=role, places=places, by=get_account())
    except InvalidAccount as error:
        problems = error.problems
    if problems:
        return make_response(_account_page(account, problems), 422)
    note("role changed", account, role=role.value, places=sorted(places))
    db.session.commit()
    flash("Rolle und Kommunen sind gespeichert; die Person meldet sich damit neu an.")
    return redirect(url_for(".account_of", number=number), 303)


@bp.post("/redaktion/konten/<int:number>/einladung")
@requires(Right.ACCOUNTS)
def invite_again(number: int) -> Response:
    """Send the invitation once more; the link before stops working."""
    begin_write(db.session)
    account = get_by_id(db.session, number)
    if account.joined_at is not None:
        raise Conflict("Diese Einladung wurde schon angenommen.")
    send_invitation(db.session, account)
    db.session.commit()
    flash(f"Die Einladung an {account.email} ist noch einmal unterwegs.")
    return redirect(url_for(".account_of", number=number), 303)


@bp.post("/redaktion/konten/<int:number>/zurueckziehen")
@requires(Right.ACCOUNTS)
def withdraw_invitation(number: int) -> Response:
    """Take an invitation back that nobody has taken up."""
    begin_write(db.session)
    account = get_by_id(db.session, number)
    note("invitation withdrawn", account)
    operations.withdraw_invitation(db.session, account)
    db.session.commit()
    flash("Die Einladung ist zurückgezogen.")
    return redirect(url_for(".accounts"), 303)


@bp.post("/redaktion/konten/<int:number>/sperren")
@requires(Right.ACCOUNTS)
def lock_account(number: int) -> Response:
    """Keep somebody out, from this moment on."""
    begin_write(db.session)
    account = get_by_id(db.session, number)
    operations.deactivate(db.session, account, by=get_account())
    note("account locked", account)
    db.session.commit()
    flash("Das Konto ist gesperrt.")
    return redirect(url_for(".account_of", number=number), 303)


@bp.post("/redaktion/konten/<int:number>/entsperren")
@requires(Right.ACCOUNTS)
def unlock_account(number: int) -> Response:
    """Let somebody in again."""
    begin_write(db.session)
    account = get_by_id(db.session, number)
    operations.activate(account)
    note("account unlocked", account)
    db.session.commit()
    flash("Das Konto ist wieder offen.")
    return redirect(url_for(".account_of", number=number), 303)


@bp.post("/redaktion/konten/<int:number>/abmelden")
@requires(Right.ACCOUNTS)
def sign_account_out(number: int) -> Response:
    """End all sessions of somebody, and what their programmes write with."""
    begin_write(db.session)
    account = get_by_id(db.session, number)
    operations.end_access(db.session, account)
    note("signed out by administration", account)
    db.session.commit()
    flash("Die Person ist auf allen Geräten abgemeldet; ihre Zugriffsschlüssel gelten nicht mehr.")
    return redirect(url_for(".account_of", number=number), 303)


def _typed_rights() -> tuple[Role, frozenset[str], dict[str, str]]:
    """Read role and municipalities from the form, with a sentence for each that is unclear."""
    problems = {}
    try:
        role = Role(typed("role"))
    except ValueError:
        # Nothing is asked for that no chosen role needs; what has problems is not kept.
        role = Role.REVIEWER
        problems["role"] = _UNKNOWN_ROLE
    places, unclear = read_places(typed("places"), place_names())
    if unclear:
        problems["places"] = unclear
    return role, places, problems


def _invite_page(problems: dict[str, str] | None = None) -> str:
    return render_template(
        "accounts/invite.html",
        roles=[(role.value, role.label) for role in Role],
        entered={name: typed(name) for name in ("email", "name", "role", "places")},
        problems=problems or {},
        csrf_token=csrf_token(),
        longest={"email": LONGEST_EMAIL, "name": LONGEST_NAME},
    )


def _account_page(account: Account, problems: dict[str, str] | None = None) -> str:
    names = place_names()
    entered = {"role": account.role.value, "places": written_places(account.places, names)}
    if problems:
        entered = {name: typed(name) for name in entered}
    return render_template(
        "accounts/account.html",
        account=account,
        is_own=account.id == get_account().id,
        roles=[(role.value, role.label) for role in Role],
        entered=entered,
        problems=problems or {},
        invited_until=open_invitations(db.session).get(account.id),
        sessions=sessions.sessions_of(db.session, account),
        tokens=len(tokens.tokens_of(db.session, account)),
        messages=get_flashed_messages(),
        csrf_token=csrf_token(),
    )
