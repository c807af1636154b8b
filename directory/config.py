"""Every setting once: name, type, default and meaning.

The environment is read in one place, :meth:`Settings.from_environment`; `docs/settings.md` is held
to :data:`VARIABLES` by a test.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from directory.errors import ConfigurationError

# What a policy may name as a source: scheme, host (`*.` stands for all below it), port
_SITE = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9.-]+(?::\d{1,5})?")
_WEAK_KEY_LENGTH = 32
_ADDRESS = re.compile(r"[\w.!#$%&'*/=?^`{|}~-]{1,30}@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*", re.ASCII)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_MAIL_PORTS = {"smtp": 587, "smtps": 465}
_CONTRIBUTOR = re.compile(r"http://dcat-ap\.de/def/contributors/[\w.-]+", re.ASCII)
# Licences GovData recommends, as http://dcat-ap.de/def/licenses/ names them
DATA_LICENCES = ("dl-by-de/2.0", "dl-zero-de/2.0", "cc-by/4.0", "cc-zero")


def _setting(variable: str, meaning: str, **kwargs: Any) -> Any:
    """Declare a field that is read from `variable`."""
    return field(metadata={"variable": variable, "meaning": meaning}, **kwargs)


@dataclass(frozen=True, kw_only=True)
class MailRoute:
    """Where letters go, as `DIRECTORY_MAIL_URL` says: a mail server, a folder, or nowhere."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    folder: Path | None = None

    @classmethod
    def from_url(cls, url: str) -> "MailRoute":
        """Read `smtp://user:password@host:587?starttls=require` and its kin.

        Raises:
            ValueError: with a sentence that says what is expected and never repeats the password.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:  # its message would quote parts of the address
            raise ValueError(
                "nicht lesbar; Sonderzeichen im Passwort bitte als %40 und so weiter schreiben"
            ) from None
        if parts.scheme == "null":
            return cls(scheme="null")
        if parts.scheme == "maildir":
            if parts.netloc or not parts.path.startswith("/") or parts.query:
                raise ValueError("erwartet wird ein Ordner wie maildir:///var/mail/verzeichnis")
            return cls(scheme="maildir", folder=Path(unquote(parts.path)))
        if parts.scheme not in _MAIL_PORTS:
            raise ValueError("erwartet wird smtp://…, smtps://… oder maildir:///…")
        host, user = parts.hostname or "", unquote(parts.username or "")
        password = unquote(parts.password or "")
        if not host or parts.path not in {"", "/"} or parts.fragment:
            raise ValueError(
                "erwartet wird ein Mailserver wie smtp://benutzer:passwort@mail.example.org:587; "
                "Sonderzeichen im Passwort bitte als %40 und so weiter schreiben"
            )
        if not (user + password).isascii() or bool(user) != bool(password):
            raise ValueError(
                "Benutzer und Passwort gehören zusammen und dürfen nur aus ASCII-Zeichen bestehen"
            )
        return cls(
            scheme=parts.scheme,
            host=host,
            port=port or _MAIL_PORTS[parts.scheme],
            user=user,
            password=password,
            starttls=_starttls(parts.scheme, host, parts.query, with_password=bool(password)),
        )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one running directory."""

    instance_dir: Path = _setting(
        "DIRECTORY_INSTANCE",
        "Ordner für alles, was im Betrieb entsteht: Datenbank, Dateien, geheimer Schlüssel",
        default=Path("instance"),
    )
    database_url: str = _setting(
        "DIRECTORY_DATABASE_URL",
        "Datenbank: `sqlite:///…` oder `postgresql://…`; ohne Angabe SQLite im Instanz-Ordner",
        default="",
    )
    storage: str = _setting(
        "DIRECTORY_STORAGE",
        "Ablage für Bilder und Dokumente: ein Ordner oder `s3://bucket?endpoint=https://…`; "
        "ohne Angabe `files` im Instanz-Ordner",
        default="",
    )
    secret_key: str = _setting(
        "DIRECTORY_SECRET_KEY",
        "Schlüssel für Signaturen, mindestens 32 Zeichen; ohne Angabe im Instanz-Ordner erzeugt",
        default="",
        repr=False,
    )
    secret_key_previous: str = _setting(
        "DIRECTORY_SECRET_KEY_PREVIOUS",
        "Der Schlüssel davor: Was mit ihm unterschrieben ist, gilt nach einem Wechsel weiter",
        default="",
        repr=False,
    )
    base_url: str = _setting(
        "DIRECTORY_BASE_URL",
        "Öffentliche Adresse der Website, etwa für Links in Sitemaps und E-Mails",
        default="http://127.0.0.1:5000",
    )
    trusted_hosts: tuple[str, ...] = _setting(
        "DIRECTORY_TRUSTED_HOSTS",
        "Erlaubte Host-Namen, durch Komma getrennt; leer: jeder",
        default=(),
    )
    embedding_sites: tuple[str, ...] = _setting(
        "DIRECTORY_EMBEDDING_SITES",
        "Websites, die Karten und Listen einbetten dürfen, durch Komma getrennt, etwa "
        "`https://www.hemer.de`; leer: alle",
        default=(),
    )
    proxies: int = _setting(
        "DIRECTORY_PROXIES",
        "Zahl der vorgeschalteten Proxys, deren Kopfzeilen gelten",
        default=0,
    )
    tiles_url: str = _setting(
        "DIRECTORY_TILES_URL",
        "Kartenkacheln, die erst nach Zustimmung geladen werden; leer: keine Hintergrundkarte",
        default="https://sgx.geodatenzentrum.de/wmts_basemapde/tile/1.0.0/de_basemapde_web_raster_grau"
        "/default/GLOBAL_WEBMERCATOR/{z}/{y}/{x}.png",
    )
    tiles_attribution: str = _setting(
        "DIRECTORY_TILES_ATTRIBUTION",
        "Quellenangabe der Kartenkacheln",
        default="© basemap.de / BKG",
    )
    oidc_issuer: str = _setting(
        "DIRECTORY_OIDC_ISSUER",
        "Anmeldung über einen anderen Dienst (OpenID Connect): dessen Adresse; leer: keine",
        default="",
    )
    oidc_client_id: str = _setting(
        "DIRECTORY_OIDC_CLIENT_ID",
        "Kennung dieser Website bei dem Anmelde-Dienst",
        default="",
    )
    oidc_client_secret: str = _setting(
        "DIRECTORY_OIDC_CLIENT_SECRET",
        "Geheimnis dieser Website bei dem Anmelde-Dienst",
        default="",
        repr=False,
    )
    oidc_name: str = _setting(
        "DIRECTORY_OIDC_NAME",
        "Wie der Anmelde-Dienst auf der Seite „Anmelden“ heißt",
        default="Single Sign-on",
    )
    geocoder_url: str = _setting(
        "DIRECTORY_GEOCODER_URL",
        "Nominatim-Dienst, bei dem die Redaktion Anschriften nachschlägt, etwa "
        "`https://nominatim.openstreetmap.org`; leer: nur das eigene Ortsverzeichnis",
        default="",
    )
    audit_days: int = _setting(
        "DIRECTORY_AUDIT_DAYS",
        "Nach so vielen Tagen verschwindet aus dem Protokoll, wer etwas getan hat",
        default=365,
    )
    operator: str = _setting(
        "DIRECTORY_OPERATOR",
        "Wer die Website betreibt; steht im Impressum. Leer: Hinweis auf Probebetrieb",
        default="",
    )
    operator_address: str = _setting(
        "DIRECTORY_OPERATOR_ADDRESS",
        "Anschrift für das Impressum, Zeilen durch Komma getrennt",
        default="",
    )
    operator_email: str = _setting(
        "DIRECTORY_OPERATOR_EMAIL",
        "Funktionsadresse für Impressum, Datenschutz und Rückmeldungen zur Barrierefreiheit",
        default="",
    )
    data_licence: str = _setting(
        "DIRECTORY_DATA_LICENCE",
        "Lizenz für die eigenen Texte im Datenkatalog: `dl-by-de/2.0`, `dl-zero-de/2.0`, "
        "`cc-by/4.0` oder `cc-zero`; leer: noch keine festgelegt",
        default="",
    )
    contributor_id: str = _setting(
        "DIRECTORY_CONTRIBUTOR_ID",
        "Kennung als Datenbereitsteller bei GovData, etwa "
        "`http://dcat-ap.de/def/contributors/openNRW`; leer: liefert nicht selbst an GovData",
        default="",
    )
    mail_url: str = _setting(
        "DIRECTORY_MAIL_URL",
        "Weg der E-Mails: `smtp://…`, `smtps://…` oder `maildir:///…`; ohne Angabe der Ordner "
        "`mail` im Instanz-Ordner, siehe [E-Mail](mail.md)",
        default="",
        repr=False,
    )
    mail_from: str = _setting(
        "DIRECTORY_MAIL_FROM",
        "Absender der E-Mails; ohne Angabe die Funktionsadresse der betreibenden Stelle",
        default="",
    )
    mail_bounce: str = _setting(
        "DIRECTORY_MAIL_BOUNCE",
        "Adresse für Unzustellbarkeits-Nachrichten; ihr Postfach muss `name+…@` annehmen",
        default="",
    )
    production: bool = _setting(
        "DIRECTORY_PRODUCTION",
        "`1`: öffentlicher Betrieb; startet nur mit eigenem Schlüssel und vollständigem Impressum",
        default=False,
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from `environ`, complete them and refuse what cannot work.

        Raises:
            ConfigurationError: naming every wrong or missing setting at once.
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for setting in fields(cls):
            given = environ.get(setting.metadata["variable"])
            text = (given or "").strip()
            # Set but empty switches the map tiles off; everywhere else it means: as usual.
            if not text and (given is None or setting.name != "tiles_url"):
                continue
            try:
                values[setting.name] = _parse(setting.type, text)
            except ValueError as error:
                problems.append(f"{setting.metadata['variable']}: {error}")
        if not problems:
            settings = cls(**values)
            problems = _problems(settings, environ)
        if problems:
            raise ConfigurationError("Bitte die Einstellungen prüfen: " + "; ".join(problems) + ".")
        return settings.completed()

    def completed(self) -> "Settings":
        """Fill in what the instance folder provides: the database file and the secret key."""
        instance = self.instance_dir.resolve()
        known = {setting.name: getattr(self, setting.name) for setting in fields(self)}
        known["instance_dir"] = instance
        known["database_url"] = self.database_url or f"sqlite:///{instance / 'directory.sqlite3'}"
        known["secret_key"] = self.secret_key or _kept_key(instance)
        return Settings(**known)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The keys signatures are taken from, the one that signs first."""
        return tuple(key for key in (self.secret_key, self.secret_key_previous) if key)

    @property
    def mail_route(self) -> MailRoute:
        """Where letters go; a folder of the instance unless something else is set."""
        if not self.mail_url:
            return MailRoute(scheme="maildir", folder=self.instance_dir.resolve() / "mail")
        return MailRoute.from_url(self.mail_url)

    @property
    def contact(self) -> str:
        """Where operators of services that we ask can ask back."""
        return self.operator_email or self.base_url

    @property
    def tiles_origin(self) -> str | None:
        """Scheme and host of the tile server (`https://…`), or None without tiles."""
        if not self.tiles_url:
            return None
        parts = urlsplit(self.tiles_url)
        return f"{parts.scheme}://{parts.netloc}"


VARIABLES = tuple(
    (setting.metadata["variable"], setting.name, setting.default, setting.metadata["meaning"])
    for setting in fields(Settings)
)


def _parse(kind: Any, text: str) -> Any:
    if kind is int:
        if not text.isdecimal():
            raise ValueError("eine ganze Zahl ab 0 wird erwartet")
        return int(text)
    if kind is bool:
        if text not in {"0", "1"}:
            raise ValueError("0 oder 1 wird erwartet")
        return text == "1"
    if kind is Path:
        return Path(text)
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _problems(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    found = []
    if settings.database_url and not settings.database_url.startswith(
        ("sqlite:///", "postgresql://", "postgresql+psycopg://")
    ):
        found.append("DIRECTORY_DATABASE_URL: erwartet wird sqlite:///… oder postgresql://…")
    if not _is_storage(settings.storage):
        found.append(
            "DIRECTORY_STORAGE: erwartet wird ein Ordner oder s3://bucket?endpoint=https://…"
        )
    if settings.secret_key and len(settings.secret_key) < _WEAK_KEY_LENGTH:
        found.append(f"DIRECTORY_SECRET_KEY: mindestens {_WEAK_KEY_LENGTH} Zeichen")
    if settings.secret_key_previous and len(settings.secret_key_previous) < _WEAK_KEY_LENGTH:
        found.append(f"DIRECTORY_SECRET_KEY_PREVIOUS: mindestens {_WEAK_KEY_LENGTH} Zeichen")
    found += _address_problems(settings)
    if settings.oidc_issuer:
        found += _oidc_problems(settings)
    found += _data_problems(settings)
    found += _mail_problems(settings)
    if settings.production:
        required = (
            "DIRECTORY_SECRET_KEY",
            "DIRECTORY_BASE_URL",
            "DIRECTORY_OPERATOR",
            "DIRECTORY_OPERATOR_ADDRESS",
            "DIRECTORY_OPERATOR_EMAIL",
        )
        found += [f"{name}: fehlt" for name in required if not environ.get(name, "").strip()]
    return found


def _address_problems(settings: Settings) -> list[str]:
    found = []
    if urlsplit(settings.base_url).scheme not in {"http", "https"}:
        found.append("DIRECTORY_BASE_URL: erwartet wird eine Adresse mit http:// oder https://")
    if not all(_SITE.fullmatch(one) for one in settings.embedding_sites):
        found.append(
            "DIRECTORY_EMBEDDING_SITES: erwartet werden Adressen ohne Pfad wie https://www.hemer.de"
        )
    if settings.geocoder_url and (
        urlsplit(settings.geocoder_url).scheme not in {"http", "https"}
        or not urlsplit(settings.geocoder_url).hostname
    ):
        found.append("DIRECTORY_GEOCODER_URL: erwartet wird eine Adresse mit https://")
    if settings.tiles_url and urlsplit(settings.tiles_url).scheme != "https":
        found.append("DIRECTORY_TILES_URL: erwartet wird eine Adresse mit https://")
    return found


def _data_problems(settings: Settings) -> list[str]:
    found = []
    if settings.data_licence not in {"", *DATA_LICENCES}:
        found.append(f"DIRECTORY_DATA_LICENCE: möglich sind {', '.join(DATA_LICENCES)}")
    if settings.contributor_id and not _CONTRIBUTOR.fullmatch(settings.contributor_id):
        found.append("DIRECTORY_CONTRIBUTOR_ID: erwartet wird http://dcat-ap.de/def/contributors/…")
    return found


def _oidc_problems(settings: Settings) -> list[str]:
    found = []
    issuer = urlsplit(settings.oidc_issuer)
    if issuer.scheme != "https" and issuer.hostname not in {"127.0.0.1", "localhost"}:
        found.append("DIRECTORY_OIDC_ISSUER: erwartet wird eine Adresse mit https://")
    if not settings.oidc_client_id:
        found.append("DIRECTORY_OIDC_CLIENT_ID: fehlt")
    if not settings.oidc_client_secret:
        found.append("DIRECTORY_OIDC_CLIENT_SECRET: fehlt")
    return found


def _mail_problems(settings: Settings) -> list[str]:
    found = []
    if settings.mail_url:
        try:
            MailRoute.from_url(settings.mail_url)
        except ValueError as error:
            found.append(f"DIRECTORY_MAIL_URL: {error}")
    found += [
        f"{name}: erwartet wird eine E-Mail-Adresse wie verzeichnis@example.org"
        for name, address in (
            ("DIRECTORY_MAIL_FROM", settings.mail_from),
            ("DIRECTORY_MAIL_BOUNCE", settings.mail_bounce),
        )
        if address and not _ADDRESS.fullmatch(address)
    ]
    return found


def _starttls(scheme: str, host: str, query: str, *, with_password: bool) -> bool:
    given = parse_qs(query, keep_blank_values=True)
    wish = given.pop("starttls", [""])[-1]
    if given or wish not in {"", "require", "never"} or (wish and scheme == "smtps"):
        raise ValueError("nach dem Fragezeichen geht nur starttls=require oder starttls=never")
    if wish == "never" and with_password and host not in _LOOPBACK:
        raise ValueError("mit Passwort ist Verschlüsselung Pflicht: starttls=never geht nicht")
    return scheme == "smtp" and (wish == "require" or (not wish and host not in _LOOPBACK))


def _is_storage(place: str) -> bool:
    if "://" not in place:
        return True
    parts = urlsplit(place)
    options = parse_qs(parts.query, keep_blank_values=True)
    endpoints = options.pop("endpoint", [])
    return (
        parts.scheme == "s3"
        and bool(parts.netloc)
        and "@" not in parts.netloc
        and not options
        and all(urlsplit(one).scheme in {"http", "https"} for one in endpoints)
    )


def _kept_key(instance: Path) -> str:
    """Return the key kept in the instance folder, making it at the first start."""
    file = instance / "secret_key"
    if not file.exists():
        instance.mkdir(parents=True, exist_ok=True)
        # Exclusive: of two workers starting at once, one writes and the other reads.
        try:
            with file.open("x", encoding="ascii") as handle:
                file.chmod(0o600)
                handle.write(secrets.token_hex(32))
        except FileExistsError:
            pass
    return file.read_text(encoding="ascii").strip()
