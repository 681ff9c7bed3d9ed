"""Runs the Python tap and this one against the same fake API, with one config, state and catalog.

First checks that both deliver the same rows, then measures CPU, wall time, memory and requests.
Fails if there is an unknown difference, or if this tap takes more than a 50th of the CPU.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import programs
import rows
from fake import Fake
from known import Known
from taps import PACKAGE, Files, python_command

WORLD = ["--plain", "--accounts", "2", "--campaigns", "10", "--adgroups", "2", "--ads", "3"]
DAYS = ("2026-01-01", "2026-01-30")
LIMIT = 1 / 50  # CPU per row, ours / theirs
MOST_SHOWN = 5


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/compare/run", description=__doc__)
    parser.add_argument("--tap", help="binary of the tap; built if not given")
    parser.add_argument("--fake", help="binary of the fake API; built if not given")
    parser.add_argument(
        "--rounds", type=int, default=3, help="number of runs, of which the best counts"
    )
    arguments = parser.parse_args()
    tap, fake_binary = programs.binaries(arguments.tap, arguments.fake)
    with (
        tempfile.TemporaryDirectory(prefix="tap-compare-") as folder,
        Fake(fake_binary, WORLD, Path(folder) / "fake.log") as fake,
    ):
        python = python_command(fake.config["base_url"])
        files = Files(Path(folder), fake, DAYS)
        files.discover(python)
        count = check(files, Known(fake), python, [tap])
        if not count:
            return 1
        theirs, ours = [], []
        for _ in range(arguments.rounds):
            theirs.append(measured(fake, files, python))
            ours.append(measured(fake, files, [tap]))
    return 0 if show(count, best(theirs), best(ours)) else 1


def check(files, known, python, tap):
    """Returns the number of rows that both deliver, or 0 if there is an unknown difference."""
    outputs = []
    for name, command in (("theirs", python), ("ours", tap)):
        path = files.folder / f"{name}.jsonl"
        with path.open("wb") as out:
            files.run(command, out)
        outputs.append(rows.Output(path))
    print(f"{'stream':32} {'theirs':>7} {'ours':>7} {'values':>9} {'known':>7} {'unknown':>8}")
    count, unknown, reasons = 0, [], {}
    for result in rows.compare(*outputs, known):
        count += result.theirs
        differences = sum(result.known.values())
        counts = f"{result.theirs:7} {result.ours:7} {result.values:9} {differences:7}"
        print(f"{result.stream:32} {counts} {len(result.unknown):8}")
        unknown += [f"{result.stream}: {what}" for what in result.unknown[:MOST_SHOWN]]
        for reason, times in result.known.items():
            reasons.setdefault(reason, {})[result.stream] = times
    print("\nknown differences:")
    for reason, streams in reasons.items():
        print(
            f"  {reason}\n    {', '.join(f'{stream} {times}' for stream, times in streams.items())}"
        )
    if unknown:
        print("\nunknown differences:", *unknown, sep="\n  ")
        return 0
    missed = rows.unseen_change(*outputs, known)
    if missed:
        print(f"\nthe comparison does not detect {missed}")
        return 0
    return count


def measured(fake, files, command):
    """The cost of a run: CPU, wall time, peak memory, requests."""
    before = len(fake.ask("requests"))
    child = files.run(command)
    return child.cpu, child.wall, child.peak, len(fake.ask("requests")) - before


def best(runs):
    """The minimum of each figure."""
    return [min(figures) for figures in zip(*runs)]


def show(count, theirs, ours):
    """Prints the table and returns whether the limit is kept."""
    lines = [
        ("CPU, s", theirs[0], ours[0], "{:.3f}"),
        ("CPU per row, us", theirs[0] / count * 1e6, ours[0] / count * 1e6, "{:.1f}"),
        ("wall time, s", theirs[1], ours[1], "{:.3f}"),
        ("rows per second", count / theirs[1], count / ours[1], "{:.0f}"),
        ("peak memory, MiB", theirs[2] / 2**20, ours[2] / 2**20, "{:.1f}"),
        ("requests", theirs[3], ours[3], "{}"),
    ]
    print(f"\n{f'{count} rows':22} {PACKAGE:>24} {'ours':>10} {'theirs / ours':>14}")
    for name, one, two, form in lines:
        print(f"{name:22} {form.format(one):>24} {form.format(two):>10} {one / two:14.2f}")
    ratio = ours[0] / theirs[0]
    is_kept = ratio <= LIMIT
    verdict = "kept" if is_kept else "EXCEEDED"
    print(f"CPU per row, ours / theirs: {ratio:.4f}; limit {LIMIT:.4f}: {verdict}")
    return is_kept


if __name__ == "__main__":
    sys.exit(main())
