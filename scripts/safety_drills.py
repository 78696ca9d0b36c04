"""Safety drills: invented risk situations through the real services on a clock of their own (``make drills``).

``python -m scripts.safety_drills --drills 500``. The clinic lies in a database of its own that is thrown away. Ends with 1 when somebody
was not told, not in order or not in time, or when there was a false alarm.
"""

import argparse
import shutil
import time

from scripts.throwaway import begin

FOLDER = begin("drills")  # Django is there from here on

from tests.support import drills  # noqa: E402

from fivefold.services import installation  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    try:
        installation.prepare(FOLDER)
        begun = time.perf_counter()
        report = drills.run(drills.make_clinic(), asked.drills, asked.seed, say=lambda line: print(line, flush=True))
        for name, count in sorted(report.by.items()):
            print(f"  {count:4} {name}")
        for title, lines in (("missed", report.missed), ("wrong people, order or time", report.wrong), ("false alarms", report.false_alarms)):
            print(f"{title}: {len(lines)}")
            for one in lines:
                print(f"  {one}")
        print(f"{report.drills} drills, {report.positive} with a positive answer, in {time.perf_counter() - begun:.0f} s")
    finally:
        shutil.rmtree(FOLDER)
    raise SystemExit(int(not report.is_clean))


if __name__ == "__main__":
    main()
