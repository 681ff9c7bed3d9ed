"""Uses the tap in Meltano as a user would: adds it, configures it, selects fields, and loads twice.

The commands that configure it are those of the README. All loaded values are compared.
"""

import argparse
import json
import re
import shlex
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import compare
import jsonl
import pipeline
import postgres
import programs
import streams as catalogs
from checks import Checks
from fake import Fake
from project import Project
from truth import Scenario, Truth

MELTANO = "meltano==4.4.1"
SCENARIO = Scenario(
    "meltano",
    "--seed 5 --accounts 1 --campaigns 2 --adgroups 1 --ads 2 --first-day 2025-01-03".split(),
    days=("2025-01-01", "2025-01-20", "2025-01-27"),
    include_deleted=False,
)
README_LINE = re.compile(r"(?m)^ *(meltano config set tap-tiktok-ads .*)$")


def main():
    parser = argparse.ArgumentParser(prog="tests/targets/meltano/run", description=__doc__)
    parser.add_argument("--fake", help="binary of the fake API; built if not given")
    parser.add_argument("--wheel", type=Path, help="wheel of the tap; built if not given")
    parser.add_argument("--tap", help="binary of the tap, if the wheel is given")
    arguments = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # so that context managers stop the servers
    wheel, tap = (
        (arguments.wheel.resolve(), arguments.tap) if arguments.wheel else programs.wheel()
    )
    _, fake_binary = programs.binaries(tap, arguments.fake)
    meltano = programs.package(MELTANO)
    targets = [programs.target(kind) for kind in (jsonl.Jsonl, postgres.Postgres)]
    programs.server()
    checks = Checks()
    with (
        tempfile.TemporaryDirectory(prefix="tap-meltano-") as name,
        postgres.Server() as server,
        Fake(fake_binary, SCENARIO.fake, Path(name) / "fake.log") as fake,
    ):
        folder = Path(name)
        project = Project(meltano, folder / "project")
        user = User(checks, project, fake, folder)
        user.configure(wheel)
        user.select_fields()
        user.load_files(jsonl.Jsonl(folder / "rows"), targets[0])
        project.use_executable(tap)
        user.load_tables(postgres.Postgres(server, "tiktok"), targets[1])
        checks.add("the fake API refused no request", fake.refusals())
    return checks.end()


class User:
    """What a user does in the project, one step after the other."""

    def __init__(self, checks, project, fake, folder):
        self.checks, self.project, self.fake = checks, project, fake
        self.folder = folder
        self.streams, self.truth = [], None
        print(f"{'step':44} {'rows':>7} {'values':>9} {'differences':>11} {'seconds':>7}")

    def show(self, step, rows="", values="", differences=""):
        seconds = f"{self.project.seconds:.1f}"
        print(f"{step:44} {rows:>7} {values:>9} {differences:>11} {seconds:>7}", flush=True)

    def configure(self, wheel):
        """Adds the tap from plugin.yml, and sets it up with the commands of the README."""
        project, fake = self.project, self.fake
        project.add_tap(programs.ROOT / "plugin.yml", wheel)
        self.show("add --from-ref plugin.yml, from the wheel")
        values = {
            "access_token": fake.config["access_token"],
            "accounts": json.dumps(fake.accounts),
            "start_date": SCENARIO.start,
        }
        lines = README_LINE.findall((programs.ROOT / "README.md").read_text(encoding="utf-8"))
        given = {}
        for line in lines:
            _, *command, name, value = shlex.split(line, comments=True)
            given[name] = value
            project.meltano(*command, name, values[name])
        missing = sorted(values.keys() - given.keys())
        self.checks.add("the README sets what is required", missing)
        is_list = isinstance(json.loads(given["accounts"]), list)
        self.checks.add("the README sets accounts as JSON", [] if is_list else [given["accounts"]])
        # The other settings come from the environment.
        project.environment |= {
            "TAP_TIKTOK_ADS_BASE_URL": fake.config["base_url"],
            "TAP_TIKTOK_ADS_RATE_LIMIT": "1000",
        }
        self.set_end(SCENARIO.middle)
        shown = project.meltano("config", "print", "tap-tiktok-ads")
        config = json.loads(shown)
        wrong = [] if config["accounts"] == fake.accounts else [f"accounts: {config['accounts']}"]
        wrong += ["the token is shown"] * (values["access_token"] in shown)
        self.checks.add("the config has the values in their types", wrong)
        project.meltano("config", "test", "tap-tiktok-ads")
        self.show("config test")
        catalog = self.folder / "catalog.json"
        catalog.write_text(project.meltano("invoke", "tap-tiktok-ads", "--discover"), "utf-8")
        self.streams, complaints = catalogs.load(catalog)
        self.checks.add("the catalog", complaints)
        self.truth = Truth(fake, self.streams, SCENARIO)

    def set_end(self, day):
        self.project.environment["TAP_TIKTOK_ADS_END_DATE"] = day

    def select_fields(self):
        """Selects one metric of one stream, loads it, and removes the selection again."""
        project = self.project
        only = ["tap-tiktok-ads", "ad_insights", "spend"]
        project.meltano("select", *only)
        listed = project.meltano("select", "tap-tiktok-ads", "--list", "--all")
        lines = [re.sub(r" +\]", "]", line).strip() for line in listed.splitlines()]
        wanted = ["[selected] ad_insights.spend", "[automatic] ad_insights.ad_id"]
        wanted += ["[excluded] ad_insights.clicks", "[excluded] campaigns.campaign_id"]
        self.checks.add("select --list", [line for line in wanted if line not in lines])
        narrow = jsonl.Jsonl(self.folder / "narrow")
        narrow.folder.mkdir()
        narrow.name = "narrow"
        project.add_target(narrow, programs.target(narrow))
        project.meltano("run", "tap-tiktok-ads", "target-narrow")
        files = sorted(path.name for path in narrow.folder.iterdir())
        stream = next(stream for stream in self.streams if stream.name == "ad_insights")
        rows = list(narrow.lines(stream))
        wrong = [] if files == ["ad_insights.jsonl"] else files
        fields = {*stream.keys, "spend"}
        wrong += [f"fields {sorted(row)}" for row in rows if row.keys() != fields]
        self.checks.add("a run delivers what is selected", wrong or ([] if rows else ["no rows"]))
        self.show("run with one metric selected", len(rows), len(rows) * len(fields), len(wrong))
        # `--remove` would leave an empty list behind, which selects nothing.
        project.meltano("select", "tap-tiktok-ads", "--clear")

    def load_files(self, target, program):
        """Runs twice with the state, and once without it, into files of JSON lines."""
        self.project.add_target(target, program)
        target.folder.mkdir()
        command = ["run", "tap-tiktok-ads", f"target-{target.name}"]
        before = {stream.name: Counter() for stream in self.streams}
        for run, end in ((1, SCENARIO.middle), (2, SCENARIO.end)):
            self.set_end(end)
            self.project.meltano(*command)
            self.check_log(f"run {run}")
            self.check_written(f"run {run} into target-jsonl", target, before, run)
            self.check_state(f"dev:tap-tiktok-ads-to-target-{target.name}", run)
        self.compare("values in target-jsonl", target)
        self.project.meltano(*command, "--full-refresh")
        self.check_written("run --full-refresh into target-jsonl", target, before, None)

    def check_log(self, name):
        """Meltano understands the log of the tap: it shows the streams, and no bare JSON."""
        lines = [line for line in self.project.log.splitlines() if "tap-tiktok-ads" in line]
        counts = [line for line in lines if "record_count" in line]
        raw = [line for line in lines if '"thread_name"' in line]
        wrong = raw + ([] if counts else ["no METRIC with record_count is shown"])
        self.checks.add(f"{name}: the log", wrong)

    def check_written(self, step, target, before, run):
        """Which rows a run appended: without a run number, every row once."""
        count, wrong = 0, []
        for stream in self.streams:
            now = Counter(map(stream.key, target.lines(stream)))
            got = now - before[stream.name]
            before[stream.name] = now
            rows = self.truth.rows[stream.name]
            want = Counter(rows.keys()) if run is None else self.truth.reads(stream, run)
            count += got.total()
            if got != want:
                extra, missing = (got - want).total(), (want - got).total()
                wrong.append(f"{stream.name}: {extra} extra rows, {missing} missing rows")
        self.checks.add(step, wrong)
        self.show(step, count, "", len(wrong))

    def check_state(self, name, run):
        state = json.loads(self.project.meltano("state", "get", name))
        got = state["singer_state"]["bookmarks"]
        want = {
            stream.name: marks
            for stream in self.streams
            if (marks := self.truth.bookmarks(stream, run))
        }
        wrong = [
            f"{name}: {got.get(name)}, not {want.get(name)}"
            for name in sorted(want.keys() | got.keys())
            if got.get(name) != want.get(name)
        ]
        self.checks.add(f"state get after run {run}", wrong)

    def load_tables(self, target, program):
        """Runs twice into a database, with the tap as an executable."""
        self.project.add_target(target, program)
        for run, end in ((1, SCENARIO.middle), (2, SCENARIO.end)):
            self.set_end(end)
            self.project.meltano("run", "tap-tiktok-ads", f"target-{target.name}")
            self.show(f"run {run} into target-postgres, by executable")
        self.compare("values in target-postgres", target)
        for stream in self.streams:
            self.checks.add(f"{stream.name} as a whole", target.complaints(stream))

    def compare(self, step, target):
        """Compares everything that was loaded with the data of the fake API."""
        rows = values = differences = 0
        started = time.monotonic()
        for stream in self.streams:
            want, got = self.truth.rows[stream.name], target.rows(stream)
            result = compare.compare(want, got, stream.fields, digits=target.keeps_digits)
            rows, values = rows + result.rows, values + result.values
            differences += result.differences
            self.checks.add(f"{step}: {stream.name}", result.shown)
        self.project.seconds = time.monotonic() - started
        self.show(step, rows, values, differences)


if __name__ == "__main__":
    sys.exit(main())
