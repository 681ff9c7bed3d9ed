"""Loads the data of the fake API with the tap into two targets, twice, and compares every value.

This file has the command line, the scenarios, the order of the steps and the table of results.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import compare
import jsonl
import pipeline
import postgres
import programs
import streams as catalogs
from checks import Checks
from fake import Fake
from truth import Scenario, Truth

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
        "--self-check", action="store_true", help="only check that differences are detected"
    )
    arguments = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # so that context managers stop the servers

    checks = Checks()
    checks.add("the comparison detects every change", compare.check_itself())
    if not arguments.self_check:
        tap, fake = programs.binaries(arguments.tap, arguments.fake)
        targets = {
            package: programs.target(package)
            for package in (jsonl.Jsonl.package, postgres.Postgres.package)
        }
        programs.server()
        with postgres.Server() as server:
            for scenario in SCENARIOS:
                with tempfile.TemporaryDirectory(prefix="tap-targets-") as folder:
                    run_scenario(checks, scenario, tap, fake, targets, server, Path(folder))
    return checks.end()


def run_scenario(checks, scenario, tap, fake_binary, programs_of, server, folder):
    """One scenario: discovery, two runs into each target, and all comparisons."""
    with ExitStack() as stack:
        fake = stack.enter_context(Fake(fake_binary, scenario.fake, folder / "fake.log"))
        settings = {
            "start_date": scenario.start,
            "rate_limit": 1000,
            "include_deleted": scenario.include_deleted,
        }
        configs = [
            pipeline.write_json(
                folder / f"config-{run}.json",
                {**fake.config, **settings, "end_date": scenario.days(run)[1]},
            )
            for run in (1, 2)
        ]
        catalog = folder / "catalog.json"
        wrong = pipeline.discover(tap, configs[0], catalog)
        checks.add(f"{scenario.name}: discovery", wrong)
        if wrong:
            return
        streams, complaints = catalogs.load(catalog)
        checks.add(f"{scenario.name}: the catalog", complaints)

        started = time.monotonic()
        loads = [
            Load(tap, programs_of[target.package], target, folder)
            for target in (
                jsonl.Jsonl(folder / "rows"),
                postgres.Postgres(server, f"tiktok_{scenario.name}"),
            )
        ]
        with ThreadPoolExecutor() as pool:
            try:
                truth = pool.submit(Truth, fake, streams, scenario)
                for done in [pool.submit(load.run, configs, catalog, streams) for load in loads]:
                    done.result()
                truth = truth.result()
            finally:
                for load in loads:
                    load.pipeline.stop()  # has an effect only if this run is interrupted
        lacks = [
            f"there is no entity of the kind {flag}"
            for flag in sorted(Truth.FLAGS - truth.flags.keys())
        ]
        lacks += [f"there are no rows of {name}" for name, rows in truth.rows.items() if not rows]
        checks.add(f"{scenario.name}: the data contains every difficult case", lacks)
        checks.add(f"{scenario.name}: the fake API refused no request", fake.refusals())
        seconds = ", ".join(
            f"{load.pipeline.seconds:.0f} s into {load.target.name}" for load in loads
        )
        print(f"\n{scenario.name}: {time.monotonic() - started:.0f} s ({seconds})")
        print(f"{'stream':32} {'target':9} {'rows':>7} {'values':>9} {'differences':>11}")
        for load in loads:
            load.check(checks, scenario, streams, truth)


class Load:
    """One target in one scenario."""

    def __init__(self, tap, program, target, folder):
        self.target = target
        self.pipeline = pipeline.Pipeline(tap, program, target, folder / target.name)
        self.wrong, self.states, self.written = [], [], []

    def run(self, configs, catalog, streams):
        """Runs twice, the second time with the state of the first."""
        for number, config in enumerate(configs, start=1):
            self.wrong.append(self.pipeline.run(number, config, catalog))
            self.states.append(self.pipeline.state or {})
            if self.target.keeps_lines:
                self.written.append(
                    {
                        stream.name: Counter(map(stream.key, self.target.lines(stream)))
                        for stream in streams
                    }
                )

    def check(self, checks, scenario, streams, truth):
        """Checks everything after both runs."""
        name = f"{scenario.name}, {self.target.name}"
        for run, wrong in enumerate(self.wrong, start=1):
            checks.add(f"{name}: run {run}", wrong)
        for run, state in enumerate(self.states, start=1):
            checks.add(f"{name}: state of run {run}", self._check_state(state, streams, truth, run))
        for stream in streams:
            got = self.target.rows(stream)
            result = compare.compare(
                truth.rows[stream.name], got, stream.fields, digits=self.target.keeps_digits
            )
            counts = f"{result.rows:7} {result.values:9} {result.differences:11}"
            print(f"{stream.name:32} {self.target.name:9} {counts}", flush=True)
            checks.add(f"{name}: {stream.name}", result.shown)
            checks.add(f"{name}: {stream.name} as a whole", self.target.complaints(stream))
            if self.written:
                checks.add(
                    f"{name}: rows that each run writes of {stream.name}",
                    self._check_reads(stream, truth),
                )
            if stream.name == "ad_insights" and got:
                again = compare.compare(
                    truth.rows[stream.name], compare.change_digit(got), stream.fields
                )
                missed = again.differences != result.differences + 1
                checks.add(f"{name}: a changed digit is detected", ["it is not"] if missed else [])

    def _check_state(self, state, streams, truth, run):
        want = {stream.name: marks for stream in streams if (marks := truth.bookmarks(stream, run))}
        got = state.get("bookmarks", {})
        names = sorted(name for name in want.keys() | got.keys() if got.get(name) != want.get(name))
        wrong = [f"{name}: {got.get(name)}, not {want.get(name)}" for name in names]
        return wrong + (
            [f"currently_syncing is {state['currently_syncing']}"]
            if state.get("currently_syncing")
            else []
        )

    def _check_reads(self, stream, truth):
        """The first run writes each row once, the second one only rows after the bookmark."""
        wrong, before = [], Counter()
        for run, written in enumerate(self.written, start=1):
            got, want = written[stream.name] - before, truth.reads(stream, run)
            before = written[stream.name]
            if got != want:
                extra, missing = (got - want).total(), (want - got).total()
                wrong.append(f"run {run}: {extra} extra rows, {missing} missing rows")
        return wrong


if __name__ == "__main__":
    sys.exit(main())
