"""``fivefold admin``: setting up, running and looking after an installation of the app."""

import socket
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fivefold.config import Config

LOOPBACK = "127.0.0.1"
# Commands of other modules, loaded when they are called.
ELSEWHERE = {
    **dict.fromkeys(("backup", "restore", "drill", "rotate-keys", "rebuild", "signals", "retention", "export-audit", "remove-demo"), "fivefold.cli.operations"),
    "new-link": "fivefold.cli.operations",
    "reminders": "fivefold.cli.operations",
    "new-note-keys": "fivefold.cli.operations",
    "safety-net": "fivefold.cli.operations",
    "asvs": "fivefold.cli.asvs",
}
MARKS = {"good": "  ok     ", "watch": "  look   ", "bad": "  MEND   "}


class AdminGroup(click.Group):
    """The commands below and those of ``ELSEWHERE``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        there = [name for name, module in ELSEWHERE.items() if find_spec(module)]
        return [*super().list_commands(ctx), *there]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE or not find_spec(ELSEWHERE[cmd_name]):
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(ELSEWHERE[cmd_name]), cmd_name.replace("-", "_"))
        return command


@click.group(cls=AdminGroup)
def admin() -> None:
    """Set up, run and look after the app on this machine."""


def start_app() -> "Config":
    """Start Django; in words, when the parts of the app are not installed."""
    if find_spec("django") is None:
        raise click.ClickException("The app needs its own packages: pip install 'fivefold[web]'.")
    from fivefold.bootstrap import start

    return start()


@admin.command()
@click.option("--clinic", help="Name of the clinic.")
@click.option("--lead-name", help="Name of its first lead, who invites everybody else.")
@click.option("--lead-email", help="The lead's e-mail address; it becomes the sign-in name.")
@click.option("--time-zone", default="Europe/Berlin", show_default=True, help="Where the clinic is.")
@click.option("--synthetic", is_flag=True, help="A clinic of invented people to try everything with.")
def init(clinic: str | None, lead_name: str | None, lead_email: str | None, time_zone: str, synthetic: bool) -> None:
    """Prepare this machine: folder, keys, database, and a clinic."""
    config = start_app()
    from fivefold.services import installation

    installation.prepare(config.folder)
    click.echo(f"Data: {config.folder}\nKeys: {config.keys}\nKeys of process notes: {config.notes_keys} (back both up apart from the data)")
    if synthetic:
        _make_synthetic(config)
        return
    name = clinic or click.prompt("Name of the clinic")
    person = lead_name or click.prompt("Name of its first lead")
    address = lead_email or click.prompt("Their e-mail address")
    token = installation.found_clinic(name=name, lead_name=person, lead_email=address, time_zone=time_zone)
    click.echo(f"Start the app with `fivefold admin run`, then {person} opens this link once, within seven days:\n  {address_of(config)}/join/{token}")


def _make_synthetic(config: "Config") -> None:
    from fivefold.services import demo

    made = demo.make_demo_clinic(is_server=config.mode == "production")
    if find_spec("fivefold.services.synthetic.clinic"):
        from fivefold.services.synthetic.clinic import fill_clinic

        fill_clinic(made, report=lambda line: click.echo(f"  {line}", err=True))


def address_of(config: "Config") -> str:
    """Under which address people open the app."""
    return config.public_url.rstrip("/") or f"http://localhost:{config.port}"


@admin.command()
@click.option("--synthetic", is_flag=True, help="Make a synthetic clinic first if there is no clinic yet.")
@click.option("--server", type=click.Choice(["granian", "django"]), default="granian", show_default=True, help="django: reloads when the code changes.")
@click.option("--port", type=click.IntRange(1, 65535), help="Otherwise PORT, or 8000.")
def run(synthetic: bool, server: str, port: int | None) -> None:
    """Run the app on the loopback address of this machine."""
    from dataclasses import replace

    config = start_app()
    config = replace(config, port=port or config.port)
    _refuse_taken_port(config.port)
    from fivefold.bootstrap import forget_metrics
    from fivefold.services import installation

    if synthetic:
        installation.prepare(config.folder)
        _make_synthetic(config)
    elif installation.readiness() != dict.fromkeys(("database", "migrations", "keys", "knowledge"), True):
        raise click.ClickException("This installation is not ready. `fivefold admin init` prepares it, `fivefold admin doctor` says what is wrong.")
    installation.tidy()
    forget_metrics()
    if config.mode == "local":
        _rebuild_beside()
    _show_welcome(config)
    if server == "granian":
        _serve(config)
    else:
        from django.core.management import call_command

        call_command("runserver", f"{LOOPBACK}:{config.port}")


def _refuse_taken_port(port: int) -> None:
    """Refuse a port that another program uses.

    The server itself would not: two of them share a port, and each page would come from one clinic or the other by chance.
    """
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of a server that has ended do not count
        try:
            trial.bind((LOOPBACK, port))
        except OSError as error:
            wrong = f"Port {port} cannot be used ({error.strerror}). End the program that uses it, or choose another: PORT={port + 1}."
            raise click.ClickException(wrong) from None


def _rebuild_beside() -> None:
    """Work out the expected courses in a process of its own where the last time is more than a day ago; the app is there meanwhile.

    A server has the timer of the night for it. The caseload is left to its pages: to write thousands of its rows would keep whoever opens
    the app in the morning waiting.
    """
    from fivefold.services.operations.rebuild import courses_are_old

    if courses_are_old():
        quiet = subprocess.DEVNULL
        subprocess.Popen([sys.argv[0], "admin", "rebuild", "--courses"], stdin=quiet, stdout=quiet, stderr=quiet)


def _show_welcome(config: "Config") -> None:
    """Where to open it, and as whom."""
    from fivefold.services import demo

    click.echo(f"\nFivefold: {address_of(config)}   (stop with Ctrl+C)")
    accounts = demo.demo_accounts()
    if accounts and config.mode == "local":
        click.echo(f"Synthetic clinic, everybody in it is invented. The password of all demo accounts: {demo.demo_password()}")
        for account in accounts:
            click.echo(f"  {account.email:<28} {account.role_name}")
    click.echo()


def _serve(config: "Config") -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "fivefold.web.wsgi:application",
        address=LOOPBACK,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=config.workers,
        backpressure=64,
        blocking_threads=4 if config.database_url else 2,
        workers_kill_timeout=5,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()


@admin.command()
def migrate() -> None:
    """Bring the database and the files of the pages up to date after an upgrade; make a backup first."""
    start_app()
    from fivefold.services import installation

    steps = installation.upgrade()
    for step in steps:
        click.echo(f"  {step}")
    click.echo("The database is up to date." if steps else "The database was up to date already.")
    for finding in installation.releases_left_behind():
        click.echo(MARKS[finding.state] + f"{finding.what}\n{' ' * 9}{finding.remedy}")


@admin.command()
def doctor() -> None:
    """Say in plain words what is wrong with this installation, and what to do. Ends with 1 when something must be mended."""
    config = start_app()
    from fivefold.services import installation

    worst = 0
    for finding in installation.diagnose(config.folder):
        click.echo(MARKS[finding.state] + finding.what)
        if finding.remedy:
            click.echo(" " * 9 + finding.remedy)
        worst |= finding.state == "bad"
    raise SystemExit(int(worst))


@admin.command("verify-audit")
@click.option("--against", type=click.Path(path_type=Path, exists=True, dir_okay=False), multiple=True, help="A file of `export-audit`: shows a cut end.")
def verify_audit(against: tuple[Path, ...]) -> None:
    """Check that nothing in the audit trail was changed, cut or reordered. Ends with 1 when something was."""
    start_app()
    from fivefold.services import installation

    broken = False
    for clinic, entries, problems in installation.verify_audit(against):
        click.echo(f"Clinic {clinic}: {entries} entries, " + ("the chain holds." if not problems else f"{len(problems)} problems:"))
        for problem in problems:
            click.echo(f"  entry {problem.number}: {problem.what}")
        broken |= bool(problems)
    raise SystemExit(int(broken))
