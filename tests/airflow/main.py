"""Loads many accounts with the DAG of this folder, in groups, and checks the rows and the states.

One account is refused in the second run; the third run makes up for it, and then one run of the tap
continues from the merged state.
"""

import argparse
import copy
import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path

import compare
import jsonl
import pipeline
import programs
import streams as catalogs
from checks import Checks
from fake import Fake
from server import Airflow
from truth import Scenario, Truth

AIRFLOW = "apache-airflow==3.3.2"
HERE = Path(__file__).resolve().parent
DAG = "tiktok_ads"
ACCOUNTS, GROUPS, SLOTS = 6, 3, 2
LIMIT = 40  # requests per second that the fake API allows; the tap is given 80 % of it
SCENARIO = Scenario(
    "airflow",
    f"--seed 5 --accounts {ACCOUNTS} --campaigns 2 --adgroups 1 --ads 2 "
    f"--first-day 2025-01-03 --rate-limit {LIMIT}".split(),
    days=("2025-01-01", "2025-01-20", "2025-01-27"),
    include_deleted=False,
)


def main():
    parser = argparse.ArgumentParser(prog="tests/airflow/run", description=__doc__)
    parser.add_argument("--tap", help="binary of the tap; built if not given")
    parser.add_argument("--fake", help="binary of the fake API; built if not given")
    arguments = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # so that context managers stop the servers
    tap, fake_binary = programs.binaries(arguments.tap, arguments.fake)
    target = programs.target(jsonl.Jsonl)
    airflow = programs.package(AIRFLOW, requirements=HERE / "requirements.txt")
    checks = Checks()
    with (
        tempfile.TemporaryDirectory(prefix="tap-airflow-") as name,
        Fake(fake_binary, SCENARIO.fake, Path(name) / "fake.log") as fake,
    ):
        work = Path(name) / "tiktok"
        work.mkdir()
        environment = {"TIKTOK_ADS_FOLDER": str(work)}
        test = Test(checks, fake, work, tap, target)
        test.write_settings()
        with Airflow(airflow, Path(name) / "airflow", HERE / "dags", environment) as server:
            server.ask("pools", "set", DAG, str(SLOTS), "Runs of the tap at the same time")
            server.start()
            test.all_runs(server)
        test.continue_alone()
    return checks.end()


class Test:
    """The runs of the DAG, and what must be true after each of them."""

    def __init__(self, checks, fake, work, tap, target):
        self.checks, self.fake, self.work = checks, fake, work
        self.tap, self.target = tap, target
        self.groups = {
            f"group_{number + 1}": fake.accounts[number::GROUPS] for number in range(GROUPS)
        }
        self.bad = self.groups["group_2"][1]
        self.before = {}
        print(f"{'step':40} {'groups':>8} {'rows':>7} {'requests/s':>10} {'seconds':>7}")

    def write_settings(self):
        pipeline.write_json(
            self.work / "settings.json",
            {
                "schedule": None,
                "tap": self.tap,
                "config": str(self.work / "tap.json"),
                "target": self.target,
                "target_config": str(self.work / "target.json"),
                "rate_limit": LIMIT * 0.8,
                "slots": SLOTS,
                "groups": self.groups,
            },
        )
        # Relative to the folder of a group, since two targets must not write to the same file.
        rows = {"destination_path": "rows", "do_timestamp_file": False}
        pipeline.write_json(self.work / "target.json", rows)
        for group in [*self.groups, "alone"]:
            (self.work / group / "rows").mkdir(parents=True)
        self.set_end(SCENARIO.middle)
        catalog = self.work / "catalog.json"
        self.checks.add("discovery", pipeline.discover(self.tap, self.work / "tap.json", catalog))
        self.streams, complaints = catalogs.load(catalog)
        self.checks.add("the catalog", complaints)
        self.truth = Truth(self.fake, self.streams, SCENARIO)
        self.later = copy.copy(self.truth)
        self.later.scenario = Scenario(
            "later", [], (SCENARIO.start, SCENARIO.end, SCENARIO.end), include_deleted=False
        )

    def set_end(self, day):
        common = {key: value for key, value in self.fake.config.items() if key != "accounts"}
        config = {**common, "start_date": SCENARIO.start, "end_date": day}
        pipeline.write_json(self.work / "tap.json", config)

    def all_runs(self, server):
        self.before = {stream.name: Counter() for stream in self.streams}
        everything = set(self.fake.accounts)
        tasks = self.run(server, "first")
        self.check_tasks("first", tasks, "success", failed=())
        self.check_rows("first", [(everything, self.truth, 1)])

        self.set_end(SCENARIO.end)
        self.refuse(self.bad)
        tasks = self.run(server, "refused")
        self.check_tasks("refused", tasks, "failed", failed={"group_2"})
        self.check_logs(server, "refused")
        self.check_rows("refused", [(everything - {self.bad}, self.truth, 2)])

        self.check_requests()
        self.fake_post("reset")
        tasks = self.run(server, "again")
        self.check_tasks("again", tasks, "success", failed=())
        parts = [({self.bad}, self.truth, 2), (everything - {self.bad}, self.later, 2)]
        self.check_rows("again", parts)
        self.check_values()
        self.check_state(self.work / "state.json", "the merged state")

    def run(self, server, name):
        started, asked = time.monotonic(), len(self.fake.ask("requests"))
        tasks, state = server.run(DAG, name)
        self.seconds = time.monotonic() - started
        times = [float(str(one["at"])) for one in self.fake.ask("requests")[asked:]]
        counts = [sum(at <= other < at + 1 for other in times) for at in times]
        self.rate = max(counts, default=0)
        return tasks, state

    def show(self, step, rows, good=GROUPS):
        seconds = f"{self.seconds:.0f}"
        print(
            f"{step:40} {f'{good} of {GROUPS}':>8} {rows:>7} {self.rate:>10} {seconds:>7}",
            flush=True,
        )

    def check_tasks(self, name, outcome, wanted, failed):
        """Only the tasks of the groups in `failed`, and then the alert, fail."""
        tasks, state = outcome
        names = sorted(self.groups)
        got = {}
        for one in tasks:
            # Without an index, the task was not mapped, because `groups` failed.
            index = one.get("map_index", "")
            got[one["task_id"] if index == "" else names[int(index)]] = one["state"]
        bad = {*failed, *(["alert"] if failed else [])}
        want = {
            task: "failed" if task in bad else "success"
            for task in [*self.groups, "groups", "merge", "alert"]
        }
        wrong = [f"{task}: {got.get(task)}" for task in want if got.get(task) != want[task]]
        self.checks.add(f"{name}: the tasks", wrong)
        self.checks.add(f"{name}: the run of the DAG", [] if state == wanted else [state])
        self.good = sum(got.get(group) == "success" for group in self.groups)

    def check_logs(self, server, name):
        """The failed task says what its exit code means, and the alert says what is missing."""
        load, alert = (server.log(DAG, name, task) for task in ("load", "alert"))
        told = "the tap exited with code 4: TikTok refused part of the work"
        self.checks.add(f"{name}: the failed task", [] if told in load else [load[-2000:]])
        lacks = f"group_2: exit code 4; accounts that lack rows: {self.bad}"
        wrong = [text for text in (lacks, "40001") if text not in alert]
        others = [group for group in self.groups if group != "group_2" and f"{group}: " in alert]
        self.checks.add(f"{name}: the alert", [*wrong, *others])

    def check_rows(self, name, parts):
        """The rows that a run wrote: for each part of the accounts, those of a run of the truth."""
        count, wrong = 0, []
        for stream in self.streams:
            now = Counter()
            for group in self.groups:
                now += Counter(map(stream.key, self.files(group).lines(stream)))
            got, self.before[stream.name] = now - self.before[stream.name], now
            want = Counter()
            for accounts, truth, run in parts:
                want += self.only(accounts, stream, truth.reads(stream, run))
            count += got.total()
            if got != want:
                extra, missing = (got - want).total(), (want - got).total()
                wrong.append(f"{stream.name}: {extra} extra rows, {missing} missing rows")
        self.checks.add(f"{name}: the rows", wrong or ([] if count else ["there are none"]))
        self.show(f"run `{name}` of the DAG", count, self.good)

    def only(self, accounts, stream, keys):
        rows = self.truth.rows[stream.name]
        chosen = {key: n for key, n in keys.items() if rows[key]["advertiser_id"] in accounts}
        return Counter(chosen)

    def files(self, folder):
        return jsonl.Jsonl(self.work / folder / "rows")

    def check_values(self):
        """All values of all groups together are those of the fake API."""
        for stream in self.streams:
            got = {}
            for group in self.groups:
                got |= self.files(group).rows(stream)
            result = compare.compare(self.truth.rows[stream.name], got, stream.fields, digits=True)
            self.checks.add(f"values of {stream.name}", result.shown)

    def check_requests(self):
        """Nothing but the refused account was refused: no request came too early."""
        wrong = [
            f"{one['code']} {one['path']} {one['params']}"
            for one in self.fake.ask("requests")
            if str(one["code"]) != "0" and self.bad not in str(one["params"])
        ]
        self.checks.add("no other request was refused", wrong)

    def check_state(self, path, name):
        got = json.loads(path.read_text(encoding="utf-8"))["bookmarks"]
        want = {
            stream.name: marks
            for stream in self.streams
            if (marks := self.truth.bookmarks(stream, 2))
        }
        names = sorted(want.keys() | got.keys())
        wrong = [f"{one}: {got.get(one)}" for one in names if got.get(one) != want.get(one)]
        self.checks.add(name, wrong)

    def continue_alone(self):
        """One run of the tap with the merged state reads all accounts as their own runs would."""
        config = json.loads((self.work / "tap.json").read_text(encoding="utf-8"))
        config |= {"accounts": self.fake.accounts, "rate_limit": LIMIT * 0.8}
        path = pipeline.write_json(self.work / "alone.json", config)
        command = [self.tap, "--config", path, "--state", self.work / "state.json"]
        started = time.monotonic()
        tap = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        target = [self.target, "--config", self.work / "target.json"]
        done = subprocess.run(
            target, stdin=tap.stdout, capture_output=True, cwd=self.work / "alone"
        )
        codes = {"the tap": tap.wait(), "the target": done.returncode}
        self.seconds = time.monotonic() - started
        wrong = [f"{name} exited with {code}" for name, code in codes.items() if code]
        count = 0
        for stream in self.streams:
            got = Counter(map(stream.key, self.files("alone").lines(stream)))
            count += got.total()
            if got != self.later.reads(stream, 2):
                wrong.append(f"{stream.name}: {got.total()} rows")
        self.checks.add("one run from the merged state", wrong)
        self.checks.add("the fake API refused no request", self.fake.refusals())
        self.show("one run of the tap, from the merged state", count)

    def refuse(self, account):
        fault = {
            "advertiser_id": account,
            "times": 1_000_000,
            "kind": "code",
            "code": 40001,
            "message": "No permission to operate advertiser",
        }
        self.fake_post("faults", fault)

    def fake_post(self, path, value=None):
        url = f"{self.fake.config['base_url']}/_fake/{path}"
        request = urllib.request.Request(url, json.dumps(value or {}).encode(), method="POST")
        urllib.request.urlopen(request, timeout=60).close()


if __name__ == "__main__":
    sys.exit(main())
