"""The part of a form that is about a point: two numbers, typed or chosen among offers."""

import math
import re
from typing import Any

from directory.editorial.forms.fields import Line

# What an offered point sends along with the two fields: `51.388,7.77`; nothing keeps what is typed.
OFFER = "punkt"
_OFFERED = re.compile(r"(-?\d{1,3}\.\d{1,9}),(-?\d{1,3}\.\d{1,9})")
# Eleven centimetres: nothing here is placed more precisely.
_DIGITS = 6


class Degree(Line):
    """One half of a point in degrees, typed with comma or point; an offer that was chosen wins."""

    def __init__(self, label: str, *, axis: int, **options: Any) -> None:
        """`axis` says which number of an offer it is: 0 for the latitude, 1 for the longitude."""
        super().__init__(label, longest=12, **options)
        self.inputmode = "decimal"
        self._axis = axis

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what was typed, or the point that was chosen."""
        super().process(formdata, data, extra_filters)
        chosen = _OFFERED.fullmatch(formdata.get(OFFER, "")) if formdata else None
        if chosen:
            self.data = chosen.groups()[self._axis]

    def _value(self) -> str:
        return "" if self.data is None else str(self.data).replace(".", ",")

    def plain(self) -> Any:
        """Return the degrees, else the text that was typed."""
        text = "".join(str(self.data).split()) if self.data is not None else ""
        try:
            degrees = float(text.replace(",", "."))
        except ValueError:
            return text or None
        return round(degrees, _DIGITS) if math.isfinite(degrees) else text
