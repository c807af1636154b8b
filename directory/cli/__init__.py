"""The `directory` command: what can be done from the machine itself."""

import click

from directory.accounts.blueprint import House
from directory.accounts.commands import Tools, user
from directory.cli import (
    archive,
    backup,
    chores,
    export,
    files,
    geocode,
    imports,
    links,
    mail,
    running,
)
from directory.cli.opening import ready_database
from directory.municipalities import queries as municipalities
from directory.publication import history


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Verzeichnis des Kommunen-Netzwerks: einrichten, betreiben, pflegen."""


for _command in (
    running.serve,
    running.init,
    running.db,
    running.seed,
    running.reindex,
    running.generate,
    running.check,
    running.feedback,
    archive.archive,
    backup.backup,
    backup.restore,
    user,
    files.files,
    geocode.geocode,
    links.links,
    mail.mail,
    chores.remind,
    imports.import_,
    export.export,
):
    main.add_command(_command)

main.context_settings["obj"] = Tools(
    open_database=ready_database,
    house=House(note=history.note, place_names=municipalities.names),
)
