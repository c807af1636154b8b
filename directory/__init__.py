"""The directory of the Kommunen-Netzwerk: engagiert in NRW.

Municipalities, their contact points and good-practice examples, the memory of the
Engagementkongress, and all of it on a map. Start reading in :mod:`directory.app`.
"""

from directory.app import create_app

__all__ = ["create_app"]
__version__ = "0.1.0"
