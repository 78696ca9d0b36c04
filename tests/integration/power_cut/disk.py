"""A disk that keeps what was synced, and of the rest whatever chance leaves: single writes, parts of writes, in any order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

from tests.integration.power_cut.recording_vfs import Step

SECTOR = 512


@dataclass
class DiskFile:
    """What a file surely holds, and what was handed over since the last sync."""

    kept: bytearray = field(default_factory=bytearray)
    pending: list[Step] = field(default_factory=list)


@dataclass
class Disk:
    """The files of one folder."""

    files: dict[str, DiskFile] = field(default_factory=dict)

    @classmethod
    def holding(cls, contents: Mapping[str, bytes]) -> "Disk":
        """A disk on which everything is safe."""
        return cls({name: DiskFile(bytearray(content)) for name, content in contents.items()})

    def take(self, step: Step) -> None:
        """One step of the recording."""
        if step.kind in ("write", "truncate"):
            self.files.setdefault(step.file, DiskFile()).pending.append(step)
        elif step.kind == "sync":
            file = self.files.setdefault(step.file, DiskFile())
            for pending in file.pending:
                _apply(file.kept, pending)
            file.pending.clear()
        elif step.kind == "delete":
            self.files.pop(step.file, None)

    def after_power_cut(self, chance: Random) -> dict[str, bytes]:
        """What is found on the disk when the power comes back.

        How much of what was not synced has survived is drawn anew for each cut: nothing, everything, or some of it, and
        of a single write perhaps only some sectors.
        """
        share = chance.choice((0.0, 0.25, 0.5, 0.75, 1.0))
        tears = chance.random() < 0.5
        found = {}
        for name, file in self.files.items():
            content = bytearray(file.kept)
            for step in file.pending:
                if chance.random() < share:
                    for part in _torn(step, chance) if tears and step.kind == "write" else (step,):
                        _apply(content, part)
            found[name] = bytes(content)
        return found


def _torn(step: Step, chance: Random) -> Iterable[Step]:
    """Some sectors of one write."""
    start = 0
    while start < len(step.content):
        end = min(len(step.content), start + SECTOR - (step.offset + start) % SECTOR)
        if chance.random() < 0.5:
            yield Step("write", step.file, step.offset + start, step.content[start:end])
        start = end


def _apply(content: bytearray, step: Step) -> None:
    if step.kind == "truncate":
        del content[step.offset :]
        return
    if len(content) < step.offset:
        content.extend(bytes(step.offset - len(content)))
    content[step.offset : step.offset + len(step.content)] = step.content
