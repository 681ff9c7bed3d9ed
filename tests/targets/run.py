"""Loads the data of the fake API with the tap into targets, twice, and compares every value.

This file has the command line, the scenarios, the order of the steps and the table of results.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import checker
import compare
import jsonl
import pipeline
import postgres
import programs
import streams as catalogs
import tables
from checks import Checks
from fake import Fake
from load import Load
from truth import Scenario, Truth

# What is loaded without `--targets` comes first.
FILES = [
    jsonl.Jsonl,
    tables.DuckDb,
    tables.Csv,
    tables.Sqlite,
    tables.Parquet,
    tables.Stitch,
]
DATABASES = [postgres.Postgres, postgres.PipelineWise]
NAMES = [kind.name for kind in [*FILES, *DATABASES]]
USUAL = "jsonl,postgres,duckdb"

SCENARIOS = [
    Scenario(
        "default",
        ["--seed", "7", "--first-day", "2025-01-03", "--zones", "America/New_York,Asia/Singapore"],
        days=("2025-01-01", "2025-01-31", "2025-02-09"),
        include_deleted=False,
    ),
    Scenario(
        "deleted",
        [
            "--seed",
            "11",
            "--first-day",
            "2024-02-28",
            "--accounts",
            "3",
            "--zones",
            "Pacific/Auckland,Etc/GMT-1,Asia/Kolkata",
        ],
        days=("2024-02-26", "2024-03-01", "2024-03-04"),
        include_deleted=True,
    ),
]


def main():
    parser = argparse.ArgumentParser(prog="tests/targets/run", description=__doc__)
    parser.add_argument("--tap", help="binary of the tap; built if not given")
    parser.add_argument("--fake", help="binary of the fake API; built if not given")
    parser.add_argument(
        "--targets", default=USUAL, help=f"names with commas, or all: {', '.join(NAMES)}"
    )
    parser.add_argument(
        "--self-check", action="store_true", help="only check that differences are detected"
    )
    arguments = parser.parse_args()
    is_all = arguments.targets == "all"
    names = NAMES if is_all else arguments.targets.split(",")
    if unknown := set(names) - set(NAMES):
        parser.error(f"there is no target {', '.join(unknown)}; there are {', '.join(NAMES)}")
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # so that context managers stop the servers

    checks = Checks()
    checks.add("the comparison detects every change", compare.check_itself())
    if not arguments.self_check:
        tap, fake = programs.binaries(arguments.tap, arguments.fake)
        installed = {
            kind: programs.target(kind)
            for kind in [*FILES, *DATABASES]
            if kind.name in names
        }
        check_views(checks, tap, fake)
        checking = programs.package(checker.PACKAGE) if is_all else None
        programs.server()
        with postgres.Server() as server:
            # All targets take long, and are measured one at a time, in the smaller scenario.
            for scenario in SCENARIOS[1:] if is_all else SCENARIOS:
                with tempfile.TemporaryDirectory(prefix="tap-targets-") as folder:
                    run = Run(checks, scenario, tap, Path(folder))
                    run.load(fake, server, installed, checking, 1 if is_all else None)
    return checks.end()


def check_views(checks, tap, fake):
    """The views with the shape of Fivetran's schema, in DuckDB."""
    script = Path(__file__).with_name("fivetran.py")
    command = [programs.python_with("duckdb==2.0.1"), "-B", script, "--tap", tap, "--fake", fake]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    print(f"\nviews of docs/fivetran-views.sql\n{done.stdout}", end="", flush=True)
    wrong = done.stderr.splitlines() or ["it failed"] if done.returncode else []
    checks.add("the views of docs/fivetran-views.sql", wrong)


class Run:
    """One scenario: discovery, two runs into each target, and all comparisons."""

    def __init__(self, checks, scenario, tap, folder):
        self.checks, self.scenario, self.tap, self.folder = checks, scenario, tap, folder

    def load(self, fake_binary, server, installed, checking, workers):
        """Loads into all targets, `workers` at a time, and prints a line for each of them."""
        scenario, folder = self.scenario, self.folder
        with ExitStack() as stack:
            fake = stack.enter_context(Fake(fake_binary, scenario.fake, folder / "fake.log"))
            configs = self._configs(fake)
            catalog = folder / "catalog.json"
            wrong = pipeline.discover(self.tap, configs[0], catalog)
            self.checks.add(f"{scenario.name}: discovery", wrong)
            if wrong:
                return
            streams, complaints = catalogs.load(catalog)
            self.checks.add(f"{scenario.name}: the catalog", complaints)
            loads = [
                Load(self.tap, program, self._target(kind, server), folder)
                for kind, program in installed.items()
                if program
            ]
            with ThreadPoolExecutor(workers) as pool:
                try:
                    truth = pool.submit(Truth, fake, streams, scenario)
                    runs = [pool.submit(load.run, configs, catalog, streams) for load in loads]
                    for run in runs:
                        run.result()
                    truth = truth.result()
                finally:
                    for load in loads:
                        load.pipeline.stop()  # has an effect only if this run is interrupted
            if checking:
                checked = checker.check(checking, self.tap, configs[1], catalog, folder)
            self._check_data(fake, truth)
            self._show("target", "rows", "of", "values", "exact", "seconds", "what the target does")
            for load in loads:
                self._show_load(load, streams, truth)
            if checking:
                self._show_checked(*checked, truth)
            for kind in [kind for kind, program in installed.items() if not program]:
                print(f"{kind.package} needs Python {kind.python}, which is not installed")

    def _configs(self, fake):
        settings = {
            "start_date": self.scenario.start,
            "rate_limit": 1000,
            "include_deleted": self.scenario.include_deleted,
        }
        return [
            pipeline.write_json(
                self.folder / f"config-{run}.json",
                {**fake.config, **settings, "end_date": self.scenario.days(run)[1]},
            )
            for run in (1, 2)
        ]

    def _target(self, kind, server):
        if kind in DATABASES:
            return kind(server, f"{kind.name}_{self.scenario.name}")
        return kind(self.folder / f"rows-{NAMES.index(kind.name)}")

    def _check_data(self, fake, truth):
        name = self.scenario.name
        lacks = [
            f"there is no entity of the kind {flag}"
            for flag in sorted(Truth.FLAGS - truth.flags.keys())
        ]
        lacks += [f"there are no rows of {name}" for name, rows in truth.rows.items() if not rows]
        self.checks.add(f"{name}: the data contains every difficult case", lacks)
        self.checks.add(f"{name}: the fake API refused no request", fake.refusals())

    def _show_load(self, load, streams, truth):
        total = load.check(self.checks, self.scenario, streams, truth)
        rows = sum(map(len, truth.rows.values()))
        does = [f"{name} ({count})" for name, count in sorted(total.lost.items())]
        does += [f"UNEXPLAINED: {total.differences}"] * (total.differences > 0)
        seconds = f"{load.pipeline.seconds:.0f}"
        values = total.values, total.exact
        self._show(load.target.name, total.rows, rows, *values, seconds, "; ".join(does))

    def _show_checked(self, wrong, records, seconds, truth):
        name = "singer-check-tap"
        rows = sum(map(len, truth.rows.values()))
        if records != rows:
            wrong = [*wrong, f"{records} records, not {rows}"]
        self.checks.add(f"{self.scenario.name}, {name}", wrong)
        self._show(name, records, rows, "", "", f"{seconds:.0f}", "validates only")

    def _show(self, target, rows, of, values, exact, seconds, does):
        line = f"{target:17} {rows:>7} {of:>7} {values:>9} {exact:>9} {seconds:>7}  {does}"
        print(f"{self.scenario.name:9} {line}".rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
