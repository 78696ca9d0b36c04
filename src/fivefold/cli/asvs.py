"""``fivefold admin asvs``: what the makers state about OWASP ASVS 5.0, by chapter and topic."""

from collections import Counter
from importlib.resources import files
from textwrap import wrap
from typing import Any

import click
import yaml

STATUSES = ("pass", "partly", "not yet", "not applicable")
WIDTH = 80


def read_statement() -> list[dict[str, Any]]:
    """The chapters with their topics, as ``asvs.yaml`` beside this file holds them."""
    chapters: list[dict[str, Any]] = yaml.safe_load((files("fivefold.cli") / "asvs.yaml").read_text(encoding="utf-8"))
    return chapters


@click.command()
@click.option("--tests", "with_tests", is_flag=True, help="Name the tests behind each line as well.")
def asvs(with_tests: bool) -> None:
    """Print what we state about OWASP ASVS 5.0: pass, partly, not yet, not applicable, and why. No audit, and no server is needed."""
    chapters = read_statement()
    click.echo("OWASP ASVS 5.0.0, stated by the makers for chapters and topics, and not for\nsingle requirements.\n")
    for chapter in chapters:
        click.echo(f"{chapter['chapter']}  {chapter['name']}")
        for topic in chapter["topics"]:
            _show_topic(topic, with_tests)
        click.echo()
    counts = Counter(topic["status"] for chapter in chapters for topic in chapter["topics"])
    click.echo(", ".join(f"{counts[status]} {status}" for status in STATUSES) + ".")


def _show_topic(topic: dict[str, Any], with_tests: bool) -> None:
    first, *rest = wrap(f"{topic['topic']}: {topic['reason']}.", WIDTH - 18)
    click.echo(f"  {topic['status']:<14}  {first}")
    for line in rest:
        click.echo(" " * 18 + line)
    for test in topic.get("tests", []) if with_tests else []:
        click.echo(" " * 18 + test)
