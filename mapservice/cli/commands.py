"""The commands: the module of each, which is loaded when the command is used, and a summary for the list of all."""

from collections import UserDict
from dataclasses import dataclass
from typing import Any

import click

from mapservice.loading import load_module


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command that is not loaded: its module in this folder, and the first sentence of its help."""

    module: str
    summary: str

    def load(self, name: str) -> click.Command:
        """Return the command with this name; in its module it has an underscore for each hyphen."""
        command: click.Command = getattr(load_module(f"mapservice.cli.{self.module}"), name.replace("-", "_"))
        return command


COMMANDS = {
    "appoint": CommandEntry("staff", "Give a member a staff role: admin or moderator."),
    "appoint-editor": CommandEntry(
        "editors", "Make a member an editor of the answers about a condition in a language."
    ),
    "backup": CommandEntry("backup", "Copy the database into a file that only you can read."),
    "check-counts": CommandEntry("db_commands", "Compare the counts of the maps with the memberships."),
    "check-links": CommandEntry("links", "Check whether the links to the sources of articles answer."),
    "come-of-age": CommandEntry("staff", "Record that a member, or the person they represent, is not under 18."),
    "conditions": CommandEntry(
        "offered", "Choose which conditions this service is for, and add conditions of your own."
    ),
    "demo": CommandEntry("demo", "Create a community of invented people and its last twelve releases."),
    "dismiss": CommandEntry("staff", "Remove a staff role from a member, at once."),
    "dismiss-editor": CommandEntry(
        "editors", "Make a member no longer an editor of the answers about a condition in a language."
    ),
    "erase": CommandEntry("erase", "Erase data from the files of the database that was deleted from its tables."),
    "export": CommandEntry("export", "Export published statistics of conditions by country or region as a file."),
    "forget-factor": CommandEntry("staff", "Remove a second factor whose phone and recovery codes are lost."),
    "load": CommandEntry("db_commands", "Load zones, base map and conditions if their data has changed."),
    "load-orphadata": CommandEntry(
        "orphadata", "Add genes and symptoms from Orphanet's own FILES to the pages of conditions."
    ),
    "mail-failures": CommandEntry("emails", "Print how many e-mails are waiting, and how many have failed, by day."),
    "message-keys": CommandEntry("message_keys", "List or change the keys that encrypt messages."),
    "migrate": CommandEntry("db_commands", "Update the tables, and set the rights of the pages' role."),
    "outbox": CommandEntry("emails", "Print the latest e-mail in the outbox folder."),
    "release": CommandEntry("releases", "Publish today's statistics as a new release, at most once a day."),
    "restore": CommandEntry("restore", "Restore a backup, and repeat what members withdrew since it was made."),
    "rotate-key": CommandEntry("key_rotation", "Replace a key."),
    "serve": CommandEntry("serve", "Run the service: database, web processes and worker, until Ctrl-C."),
    "stop": CommandEntry("db_commands", "Stop the service of the state folder: web, worker, and its private database."),
    "unlock": CommandEntry("unlock", "Set the current e-mail address of an account that a restore locked."),
    "upgrade": CommandEntry(
        "upgrade", "Update the database to this version of the service: back up, migrate, load, check."
    ),
    "worker": CommandEntry("serve", "Run background tasks, such as sending e-mails. serve starts one worker."),
}


class LoadedWhenUsed(UserDict[str, Any]):
    """Commands by name; an entry is replaced by its command when that is used."""

    def __getitem__(self, name: str) -> click.Command:
        value: click.Command | CommandEntry = self.data[name]
        if isinstance(value, CommandEntry):
            value = self.data[name] = value.load(name)
        return value


def summaries() -> click.Group:
    """Return a group that lists the commands with their summaries, and cannot run them."""
    return click.Group(commands={name: click.Command(name, help=entry.summary) for name, entry in COMMANDS.items()})
