"""Delivery status notifications as mail servers write them; made up, after the real shapes."""

TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105 - a bounce token
MESSAGE_ID = "fedcba9876543210fedcba9876543210"
VERP = f"bounce+{TOKEN}@verzeichnis.example"


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("latin-1")


def report(
    *,
    to: str = VERP,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <rat@example.org>: Recipient address rejected",
    words: str = "I'm sorry to have to inform you that your message could not be delivered.",
    message_id: str = MESSAGE_ID,
) -> bytes:
    """A notification after RFC 3464, as Postfix writes it."""
    return crlf(f"""\
Return-Path: <>
Date: Mon, 23 Nov 2026 08:00:00 +0100
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4C1E2.1795420800/mail.example.org"
Message-Id: <20261123080000.4C1E2@mail.example.org>

This is a MIME-encapsulated message.

--4C1E2.1795420800/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

{words}

--4C1E2.1795420800/mail.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Mon, 23 Nov 2026 07:59:58 +0100

Final-Recipient: rfc822; rat@example.org
Original-Recipient: rfc822;rat@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: {diagnostic}

--4C1E2.1795420800/mail.example.org
Content-Description: Undelivered Message
Content-Type: message/rfc822

Return-Path: <{VERP}>
From: Kommunen-Verzeichnis <netz@verzeichnis.example>
To: rat@example.org
Subject: Bitte =?utf-8?q?best=C3=A4tigen?=
Message-ID: <{message_id}@verzeichnis.example>
Auto-Submitted: auto-generated
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Guten Tag, 421 4.2.2 steht hier im Text.

--4C1E2.1795420800/mail.example.org--
""")


# Exchange: a page of HTML with umlauts in Latin-1, and only the heads of the letter.
EXCHANGE = crlf(
    f"""\
From: <postmaster@stadt.example>
To: <netz@verzeichnis.example>
In-Reply-To: <{MESSAGE_ID}@verzeichnis.example>
Subject: =?iso-8859-1?Q?Unzustellbar=3A_Bitte_best=E4tigen?=
Content-Type: multipart/report; report-type=delivery-status; boundary="_abc_"
Content-Language: de-DE
MIME-Version: 1.0

--_abc_
Content-Type: multipart/alternative; boundary="_def_"

--_def_
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: 8bit

Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:
Das Postfach ist ungültig – nicht verfügbar.
--_def_
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: 8bit

<html><body>Empfänger prüfen</body></html>
--_def_--

--_abc_
Content-Type: message/delivery-status

Reporting-MTA: dns;ex01.stadt.example
Received-From-MTA: dns;mail.verzeichnis.example

Original-Recipient: rfc822;rat@stadt.example
Final-Recipient: rfc822;rat@stadt.example
Action: Failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Empfänger nicht gefunden

--_abc_
Content-Type: text/rfc822-headers

From: netz@verzeichnis.example
Message-ID:
 <{MESSAGE_ID}@verzeichnis.example>
Subject: Bitte

--_abc_--
""".replace("–", "-")
)

# Older Exim: no report, but a head that nobody else sets.
EXIM = crlf(f"""\
Return-path: <>
Envelope-to: {VERP}
X-Failed-Recipients: rat@example.org
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.example.org>
To: {VERP}
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1abcde-000001-Ab@mail.example.org>

This message was created automatically by mail delivery software (Exim 4.98.1).

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  rat@example.org
    host mx.example.org [192.5.1.1]
    SMTP error from remote mail server after RCPT TO:<rat@example.org>:
    550 5.1.1 Unbekannter Empfänger

------ This is a copy of the message, including all the headers. ------

Message-ID: <{MESSAGE_ID}@verzeichnis.example>
Subject: 450 4.1.1 steht hier nur so

Text
""")

QMAIL = crlf(f"""\
Return-Path: <>
Delivered-To: {VERP}
From: MAILER-DAEMON@old.example
To: {VERP}
Subject: failure notice

Hi. This is the qmail-send program at old.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<rat@old.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <{VERP}>
Message-ID: <{MESSAGE_ID}@verzeichnis.example>
Subject: Bitte

Text 450 4.4.4
""")

ABSENCE_NOTE = crlf(f"""\
From: rat@example.org
To: {VERP}
Subject: Abwesenheit: Bitte bestätigen
Auto-Submitted: auto-replied
In-Reply-To: <{MESSAGE_ID}@verzeichnis.example>
Content-Type: text/plain; charset=iso-8859-1

Ich bin bis 5.1.2027 nicht im Haus. 550 5.1.1 schreibe ich nur so.
""")


def wrapped(inner: bytes, depth: int) -> bytes:
    """`inner` in a mail that was passed on as an attachment, `depth` times."""
    for number in range(depth):
        head = (
            "From: postmaster@verzeichnis.example\nTo: netz@verzeichnis.example\n"
            f'Content-Type: multipart/mixed; boundary="outer{number}"\n\n'
            f"--outer{number}\nContent-Type: message/rfc822\n\n"
        )
        inner = crlf(head) + inner + crlf(f"\n--outer{number}--\n")
    return inner
