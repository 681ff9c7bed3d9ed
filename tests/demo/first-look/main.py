"""Loads a month of the fake API into DuckDB, and shows spend by day and campaign.

It prints a table of weeks and writes a chart as a PNG file.
"""

import argparse
import json
import subprocess
import tempfile
from collections import defaultdict
from datetime import date
from pathlib import Path

import pipeline
import programs
import tables
from fake import Fake

HERE = Path(__file__).parent
MATPLOTLIB = "matplotlib==3.11.2"
DAYS = ("2026-01-05", "2026-02-01")  # four weeks from a Monday on
WORLD = ["--plain", "--accounts", "1", "--campaigns", "5"]


def main():
    parser = argparse.ArgumentParser(prog="tests/demo/first-look/run", description=__doc__)
    parser.add_argument("--tap", help="binary of the tap; built if not given")
    parser.add_argument("--fake", help="binary of the fake API; built if not given")
    parser.add_argument("--chart", default="first-look.png", help="file to write")
    arguments = parser.parse_args()
    tap, fake_binary = programs.binaries(arguments.tap, arguments.fake)
    target = programs.target(tables.DuckDb)
    matplotlib = programs.package(MATPLOTLIB)
    with tempfile.TemporaryDirectory(prefix="tap-first-look-") as name:
        folder = Path(name)
        with Fake(fake_binary, WORLD, folder / "fake.log") as fake:
            database = load(tap, target, fake, folder)
        rows = run(target, HERE / "query.py", database.file, HERE / "spend.sql")
    show([json.loads(line) for line in rows.splitlines()])
    run(matplotlib, HERE / "chart.py", arguments.chart, given=rows)
    print(f"\nThe chart is {arguments.chart}")


def load(tap, target, fake, folder):
    """Pipes the core streams into DuckDB."""
    config = {**fake.config, "start_date": DAYS[0], "end_date": DAYS[1], "rate_limit": 1000}
    path = pipeline.write_json(folder / "config.json", config)
    path.chmod(0o600)
    catalog = folder / "catalog.json"
    database = tables.DuckDb(folder / "rows")
    load = pipeline.Pipeline(tap, target, database, folder / "pipeline")
    wrong = pipeline.discover(tap, path, catalog) or load.run(1, path, catalog)
    if wrong:
        raise SystemExit("\n".join(wrong))
    return database


def run(program, script, *arguments, given=""):
    """Runs a script in the environment of a program, and returns what it prints."""
    python = Path(program).with_name("python")
    done = subprocess.run(
        [python, script, *arguments],
        input=given,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def show(rows):
    """Prints a line for each campaign, with its spend in each week."""
    weeks = sorted({week(row) for row in rows})
    spend = defaultdict(lambda: dict.fromkeys(weeks, 0.0))
    for row in rows:
        spend[row["campaign"]][week(row)] += row["spend"]
    heads = "".join(f"{f'week {one}':>12}" for one in weeks)
    print(f"{'campaign':32}{heads}{'total':>12}")
    for campaign, by_week in sorted(spend.items(), key=lambda item: -sum(item[1].values())):
        cells = "".join(f"{value:12.2f}" for value in [*by_week.values(), sum(by_week.values())])
        print(f"{campaign:32}{cells}")


def week(row):
    return date.fromisoformat(row["day"]).isocalendar().week


if __name__ == "__main__":
    main()
