"""Numbers from addresses and forms: whatever else was sent is 0."""


def whole(text: str) -> int:
    """Return the number that `text` says in at most eight digits, else 0."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
