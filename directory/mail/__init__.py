"""Letters by mail: an outbox in the database, delivery with patience, and what comes back.

Whoever has something to say calls :func:`directory.mail.outbox.queue` in the transaction that also
keeps the reason for it. This package knows nothing of accounts, contacts or any other subject.
"""
