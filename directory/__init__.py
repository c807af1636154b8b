"""The directory of the Kommunen-Netzwerk: engagiert in NRW.

Municipalities, their contact points and good-practice examples, the memory of the
Engagementkongress, and all of it on a map. Start reading in :mod:`directory.app`.
"""

import gc

# What is imported stays. To look through it for garbage, again and again while it grows and once
# more when it is all there, takes a ninth of a start.
_collects = gc.isenabled()
gc.disable()

from directory.app import create_app  # noqa: E402 - see above

gc.freeze()
if _collects:
    gc.enable()

__all__ = ["create_app"]
__version__ = "0.1.0"
