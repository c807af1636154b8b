"""Where the files live that are not Python: templates, static files and the seed."""

from pathlib import Path
from typing import Literal

Resource = Literal["templates", "static", "seed"]

_PACKAGE = Path(__file__).parent


def resource_dir(name: Resource) -> Path:
    """Return the folder `name`: inside an installed wheel, else beside the package."""
    bundled = _PACKAGE / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name
