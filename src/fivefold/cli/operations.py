"""``fivefold admin``: backup and restore, the drill that proves them, keys, the caseload's copy, retention, the audit trail."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fivefold.cli.admin import address_of, start_app

if TYPE_CHECKING:
    from fivefold.services.operations.lost_notes import Loss

FOLDER = click.Path(path_type=Path, file_okay=False)
BACKUP = click.Path(path_type=Path, exists=True, file_okay=False)
MARK = {True: "  ok     ", False: "  MEND   "}


@click.command()
@click.option("--into", type=FOLDER, help="Folder for the backups; otherwise `backups` in the data folder.")
@click.option("--keep", type=click.IntRange(1), help="Remove older backups beyond this number.")
@click.option("--drill/--no-drill", "prove", default=True, show_default=True, help="Prove at once that it restores.")
def backup(into: Path | None, keep: int | None, prove: bool) -> None:
    """Back up the record while people work. The keys are not in it: back them up apart."""
    config = start_app()
    from fivefold.services.operations import backups

    made = backups.make_backup(into, keep=keep)
    rows = sum(mark.rows for mark in made.tables.values())
    click.echo(f"Backup: {made.folder}\n  {rows:,} rows in {len(made.tables)} tables, {made.bytes:,} bytes")
    click.echo(f"  It opens with the key file {config.keys} alone, which is not in it: keep a copy of that file elsewhere.")
    click.echo(f"  Process notes open with {config.notes_keys} alone: keep a copy of that one, too.")
    if prove and not _show_drill(made.folder):
        raise SystemExit(1)


def _show_drill(folder: Path) -> bool:
    from fivefold.services.operations import restoring

    done = restoring.drill(folder)
    for check in done.checks:
        click.echo(f"{MARK[check.holds]}{check.what}: {check.detail}")
    click.echo(f"{folder.name} {'restores' if done.holds else 'DOES NOT RESTORE'} ({done.seconds} s).")
    return done.holds


@click.command()
@click.argument("folder", type=BACKUP, required=False)
@click.option("--all", "every", is_flag=True, help="Every backup in the data folder, not only the newest.")
def drill(folder: Path | None, every: bool) -> None:
    """Prove that a backup restores: rows, content, audit trail, keys. The newest one unless FOLDER is named. Ends with 1 if not."""
    start_app()
    from fivefold.services.operations import backups

    found = [folder] if folder else [one.folder for one in backups.list_backups()]
    if not found:
        raise click.ClickException("There is no backup yet: `fivefold admin backup` makes one.")
    results = [_show_drill(one) for one in (found if every or folder else found[:1])]
    raise SystemExit(int(not all(results)))


@click.command()
@click.argument("folder", type=BACKUP)
@click.option("--into", help="An empty place: a file, or postgresql://user@host/name. Otherwise where this installation's database should be.")
def restore(folder: Path, into: str | None) -> None:
    """Put a backup into an empty place. Nothing is ever written over; stop the app first."""
    start_app()
    from fivefold.services.operations import restoring

    place: Path | str | None = into if into is None or "://" in into else Path(into).absolute()
    done = restoring.restore(folder, place)
    click.echo(f"{done.rows:,} rows restored" + (f", {done.erased_again} erased records erased again" if done.erased_again else "") + ".")
    click.echo(done.words)


@click.command("rotate-keys")
@click.option("--finish", is_flag=True, help="Make no new key; finish what was begun and clear up.")
def rotate_keys(finish: bool) -> None:
    """Seal every text with a new key, while people work: one for the record, one for process notes. Interrupted, it goes on when called again."""
    start_app()
    from fivefold.services.operations import keys

    done = keys.rotate_keys(new_key=not finish)
    click.echo(
        f"{done.sealed_anew:,} texts sealed anew; the keys in use are {done.current} and, for process notes, {done.notes}."
        + (" An earlier run was finished." if done.resumed else "")
    )
    for name in done.retired:
        click.echo(f"  {name} has gone: nothing needs it.")
    for name, why in done.kept.items():
        click.echo(f"  {name} stays: {why}.")
    click.echo("Back up both key files now, apart from the data.")


@click.command("new-note-keys")
@click.option("--give-up", "gives_up", is_flag=True, help="Every copy of the lost keys was looked for in vain: go on without what they sealed.")
def new_note_keys(gives_up: bool) -> None:
    """Begin with new keys of process notes when every copy of theirs is lost. Without --give-up it only says what would go, and ends with 1."""
    config = start_app()
    from fivefold.services.operations import lost_notes

    if not gives_up:
        _tell_losses(lost_notes.find_losses())
        return
    backup, losses = lost_notes.begin_anew()
    for loss in losses:
        click.echo(f"Clinic {loss.clinic}: process notes given up: {loss.notes}, in records: {loss.records}; begun ones thrown away: {loss.begun}.")
    click.echo(f"Their sealed words stand in the backup {backup} and in earlier ones. If a copy of the keys turns up, restore that backup")
    click.echo("into another place, put the copy beside it, and read them there. Everything else of the record is as it was.")
    click.echo(f"Process notes are written with the keys in {config.notes_keys} from now on: copy that file to where the copy of the key file is.")
    click.echo("Tell everybody who writes process notes. The audit trail of each record says that they were given up.")


def _tell_losses(losses: "list[Loss]") -> None:
    if not losses:
        click.echo("No process note is lost: all of them open with the keys at hand, or there are none.")
        return
    for loss in losses:
        click.echo(f"Clinic {loss.clinic}: process notes lost: {loss.notes}, in records: {loss.records}, of people: {loss.authors}; begun ones: {loss.begun}.")
    click.echo("None of these can be read without their keys, by anybody, ever. Look for a copy of process-notes.keys first: with the copies of")
    click.echo("record.keys, on older machines, in backups of the whole disk. If there is none: `fivefold admin new-note-keys --give-up`.")
    raise SystemExit(1)


@click.command()
@click.option("--courses", "only_courses", is_flag=True, help="Only the expected courses: nothing of the caseload is written.")
def rebuild(only_courses: bool) -> None:
    """Make the caseload's copy and the expected courses anew from the records. Ends with 1 when a record cannot be read."""
    start_app()
    from fivefold.services.operations.rebuild import make_courses, rebuild_caseload

    failed: tuple[str, ...] = ()
    if not only_courses:
        done = rebuild_caseload()
        failed = done.failed
        click.echo(f"{done.rows} caseload rows made anew.")
    click.echo(f"{make_courses()} expected courses made anew.")
    for patient in failed:
        click.echo(f"  {patient}: its record cannot be read; open it in the app to see why.")
    raise SystemExit(int(bool(failed)))


@click.command()
@click.option("--late", "only_late", is_flag=True, help="Only pass on what nobody has seen in time; quick enough for every few minutes.")
def signals(only_late: bool) -> None:
    """Pass on signals that nobody has seen in time, and hold every record against the rules.

    After that the safety net is looked at; without --late the path of a risk answer is walked as well, with an invented patient who is
    removed again. For a timer; ends with 1 when a record cannot be read, something went wrong in a clinic, or the safety net does not hold.
    """
    start_app()
    from fivefold.services import waiting_entries
    from fivefold.services.signal_watch import pass_on_everywhere, watch_everywhere

    waiting_entries.take_in()
    passed_on = pass_on_everywhere()
    click.echo(f"{passed_on.signals} signals passed on.")
    if passed_on.sent or passed_on.failed:
        click.echo(f"{passed_on.sent} messages about them sent, {passed_on.failed} given up.")
    wrong = list(passed_on.clinics)
    failed: tuple[str, ...] = ()
    if not only_late:
        done = watch_everywhere()
        click.echo(f"{done.patients} records held against the rules; {done.open} signals are open.")
        wrong, failed = [*wrong, *done.clinics], done.failed
    for patient in failed:
        click.echo(f"  {patient}: its record cannot be read; open it in the app to see why.")
    for clinic in dict.fromkeys(wrong):
        click.echo(f"  clinic {clinic}: something went wrong; the log names the kind of error.")
    is_alive = only_late or _tell_beats()
    holds = _tell_net(days=2 if only_late else None) and is_alive
    raise SystemExit(int(bool(failed or wrong) or not holds))


@click.command("safety-net")
def safety_net() -> None:
    """Count where every positive answer to a risk question stands, and name by id what stands nowhere. Ends with 1 when something does.

    An answer that nobody was told of is told at once. Before that the path of an answer is walked with an invented patient, who is removed
    again.
    """
    start_app()
    is_alive = _tell_beats()
    raise SystemExit(int(not _tell_net(days=None) or not is_alive))


def _tell_beats() -> bool:
    """Walk the path of a risk answer in every clinic; whether it is alive everywhere."""
    from fivefold.services.safety_net_run import beat_everywhere

    beats = beat_everywhere()
    for beat in beats:
        click.echo(f"Clinic {beat.clinic}: " + ("the path of a risk answer is alive." if beat.is_alive else f"MEND   broken at {beat.step} ({beat.error})."))
    return all(beat.is_alive for beat in beats)


def _tell_net(days: int | None) -> bool:
    """Say how the safety net stands in every clinic; whether it holds everywhere."""
    from fivefold.services.safety_net_run import look_everywhere

    found = look_everywhere(days)
    for net in found.nets:
        stands = ", ".join(f"{count} {name}" for name, count in net.stands.items() if count) or "none"
        click.echo(f"Clinic {net.clinic}: {net.answers} positive answers since {net.since:%Y-%m-%d}: {stands}.")
        for breach in net.breaches:
            click.echo(f"  MEND   {breach.wrong.value}: record {breach.patient_id}, {breach.source} {breach.key}")
    for clinic, told in found.told.items():
        click.echo(f"  Clinic {clinic}: {told} of them told now.")
    for number in found.clinics:
        click.echo(f"  clinic {number}: the safety net could not be looked at; the log names the kind of error.")
    return not found.clinics and all(net.holds for net in found.nets)


@click.command()
def reminders() -> None:
    """Give out what is planned for patients' own pages and due, and send the reminders that are still needed.

    For a timer. Mail goes out only with a mail server in the settings, in clinics that have switched it on, to patients who want it.
    Ends with 1 when something went wrong in a clinic; a mail that was not delivered becomes a signal there.
    """
    start_app()
    from fivefold.services.reminder_rounds import remind_everywhere

    done = remind_everywhere()
    click.echo(f"{done.given_out} planned questionnaires given out.")
    click.echo(f"{done.sent} reminders sent, {done.not_needed} no longer needed, {done.failed} given up.")
    for clinic in done.clinics:
        click.echo(f"  clinic {clinic}: something went wrong; the log names the kind of error.")
    raise SystemExit(int(bool(done.clinics)))


@click.command("new-link")
@click.argument("email")
@click.option("--second-factor", "resets_factor", is_flag=True, help="The link also takes the second factor away.")
def new_link(email: str, resets_factor: bool) -> None:
    """A link for somebody whom nobody in the app can let in again, such as a sole lead. The audit trail says that it was made here."""
    config = start_app()
    from fivefold.services import sign_in_links

    token = sign_in_links.link_from_the_machine(email, resets_factor=resets_factor)
    click.echo(f"Once, within seven days:\n  {address_of(config)}/join/{token}\nGive it to nobody but them. They are told when they are in.")


@click.command("remove-demo")
def remove_demo() -> None:
    """Remove every synthetic clinic with its people and records, and nothing else."""
    start_app()
    from fivefold.services.simulator import remove_all_synthetic

    clinics, rows = remove_all_synthetic()
    click.echo(f"{clinics} synthetic clinic{'s' if clinics != 1 else ''} removed, {rows:,} rows." if clinics else "There is no synthetic clinic here.")


@click.command()
def retention() -> None:
    """Which closed records may be erased, which soon, and which are held. Shows ids and days, no names."""
    start_app()
    from fivefold.services.operations.retention import retention_of_all

    for clinic, rows in retention_of_all():
        counts = {state: sum(row.state == state for row in rows) for state in ("over", "soon", "held", "kept")}
        words = f"{counts['over']} may go, {counts['soon']} within 90 days, {counts['held']} under legal hold, {counts['kept']} to be kept"
        click.echo(f"Clinic {clinic}: {len(rows)} closed records: {words}.")
        for row in rows:
            if row.state != "kept":
                click.echo(f"  {row.patient_id}  closed {row.closed_on}  keep until {row.keep_until}  {row.state}")


@click.command("export-audit")
@click.option("--clinic", type=int, required=True, help="Number of the clinic, as `fivefold admin verify-audit` shows it.")
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write; never an existing one.")
def export_audit(clinic: int, into: Path) -> None:
    """Write a clinic's audit trail as lines of JSON, with the signed end of the chain as the last.

    Kept outside this machine, the file shows later whether the end of the trail was cut off.
    """
    start_app()
    from fivefold.services.operations.audit_export import export_audit_of

    with into.open("x", encoding="utf-8") as stream:
        count = sum(1 for line in export_audit_of(clinic) if stream.write(line + "\n"))
    click.echo(f"{count - 1:,} entries and the end of the chain: {into}")
