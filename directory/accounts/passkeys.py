"""Passkeys (WebAuthn): a key pair per device, opened by finger, face or PIN.

We always ask that the device verifies the person; so a passkey counts as two factors. All
challenges are random, belong to one browser's session and work once.
"""

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from directory.accounts.models import LONGEST_PASSKEY_NAME, Account, Passkey
from directory.db import utc_now
from directory.errors import BadInput
from directory.text import clean

MOST_PASSKEYS = 10
_SITE_NAME = "Kommunen-Verzeichnis"


class InvalidPasskey(BadInput):
    """A passkey was refused; the sentence does not say which part was wrong."""

    title = "Das hat mit dem Passkey nicht geklappt"


@dataclass(frozen=True)
class Site:
    """This website as authenticators know it: the host a passkey belongs to, and the origin."""

    host: str
    origin: str

    @classmethod
    def at(cls, base_url: str) -> "Site":
        """Return the site at `base_url`."""
        parts = urlsplit(base_url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")

    @property
    def has_passkeys(self) -> bool:
        """Whether browsers offer passkeys here: for names, never for bare IP addresses."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return self.origin.startswith("https:") or self.host == "localhost"
        return False


def new_challenge() -> bytes:
    """Make what a device has to sign."""
    return secrets.token_bytes(32)


def registration_options(site: Site, account: Account, challenge: bytes) -> str:
    """Return as JSON what a browser needs to make a passkey for `account`."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name=_SITE_NAME,
            user_id=account.handle.encode(),
            user_name=account.email,
            user_display_name=account.display_name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=passkey.credential_id)
                for passkey in account.passkeys
            ],
        )
    )


def sign_in_options(site: Site, challenge: bytes) -> str:
    """Return as JSON what a browser needs to ask for any passkey of this site."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    return options_to_json(
        generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def add_passkey(
    session: Session,
    account: Account,
    *,
    name: str,
    answer: Mapping[str, Any],
    challenge: bytes,
    site: Site,
) -> Passkey:
    """Add the passkey a device has made.

    Raises:
        InvalidPasskey: the answer does not prove anything, or there are too many already.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    if len(account.passkeys) >= MOST_PASSKEYS:
        raise InvalidPasskey(f"Mehr als {MOST_PASSKEYS} Passkeys gehören nicht zu einem Konto.")
    try:
        proved = verify_registration_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise InvalidPasskey("Der Passkey ließ sich nicht prüfen.") from error
    if _find(session, proved.credential_id) is not None:
        raise InvalidPasskey("Diesen Passkey gibt es schon.")
    passkey = Passkey(
        credential_id=proved.credential_id,
        public_key=proved.credential_public_key,
        sign_count=proved.sign_count,
        name=_named(name),
        created_at=utc_now(),
    )
    account.passkeys.append(passkey)
    session.flush()
    return passkey


def use_passkey(
    session: Session, answer: Mapping[str, Any], *, challenge: bytes, site: Site
) -> Account:
    """Return the active account whose passkey signed `challenge`.

    Raises:
        InvalidPasskey: it is unknown, of a closed account, or signed something else.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    refusal = InvalidPasskey("Mit diesem Passkey können Sie sich hier nicht anmelden.")
    try:
        passkey = _find(session, base64url_to_bytes(str(answer.get("rawId", ""))))
        if passkey is None or not passkey.account.active:
            raise refusal
        proved = verify_authentication_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise refusal from error
    passkey.sign_count = proved.new_sign_count
    passkey.last_used_at = utc_now()
    return passkey.account


def rename_passkey(account: Account, number: int, name: str) -> None:
    """Call a passkey something else; one that is gone stays gone."""
    for passkey in account.passkeys:
        if passkey.id == number:
            passkey.name = _named(name)


def remove_passkey(account: Account, number: int) -> bool:
    """Remove a passkey; False if there is none with this number."""
    kept = [passkey for passkey in account.passkeys if passkey.id != number]
    found = len(kept) < len(account.passkeys)
    account.passkeys = kept
    return found


def _find(session: Session, credential_id: bytes) -> Passkey | None:
    return session.scalar(
        select(Passkey)
        .where(Passkey.credential_id == credential_id)
        .options(joinedload(Passkey.account))
        .with_for_update(of=Passkey)
    )


def _named(name: str) -> str:
    return clean(" ".join(name.split()))[:LONGEST_PASSKEY_NAME] or "Passkey"
