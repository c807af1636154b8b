"""Loading the tables of `seed/` through the operations that editors use.

:mod:`~directory.seeding.files` reads rows with their line numbers, :mod:`~directory.seeding.rows`
takes typed values out of them, :mod:`~directory.seeding.tables` and
:mod:`~directory.seeding.event_tables` make drafts, :mod:`~directory.seeding.seed` checks them
against one another, and :mod:`~directory.seeding.loader` saves them.
"""

from directory.seeding.loader import load_seed, seed_digest
from directory.seeding.report import SeedReport
from directory.seeding.seed import SeedError

__all__ = ["SeedError", "SeedReport", "load_seed", "seed_digest"]
