"""Addresses as QR codes."""

from functools import lru_cache


def matrix(address: str) -> list[list[bool]]:
    """Return the modules of the code row by row, dark ones true, without a margin."""
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(address)
    code.make()
    return [[bool(module) for module in row] for row in code.modules]


@lru_cache(maxsize=500)
def svg(address: str) -> str:
    """Return the code as a picture, black on white, with the margin of four that readers need."""
    rows = matrix(address)
    side = len(rows) + 8
    path = "".join(
        f"M{x + 4} {y + 4}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )
