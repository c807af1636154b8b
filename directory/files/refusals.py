"""Why a file is not taken.

Known to the process that looks into files (`directory.files.examination`), so nothing here knows
the application.
"""

from directory.errors import BadInput


class RefusedUpload(BadInput):
    """The file is not taken, and nothing of it was kept; the sentence says what would be."""

    title = "Diese Datei geht nicht"
