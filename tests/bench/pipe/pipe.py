"""Loads one report with both taps into target-postgres, with several settings of the target.

Prints how long each load takes and which program limits its speed. The catalog is that of the
Python tap, so that both load the same columns.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import postgres
import programs
from cost import Watched
from fake import Fake
from taps import Files, python_command
from truth import passes

STREAM = "ad_insights"
LEVEL = "AUCTION_AD"
DAYS = ("2026-01-01", "2026-01-30")
DELIVERED = 30 * 0.586  # rows per ad on average: some ads are deleted, some days empty
ACCOUNTS = 4

COPY = {"use_copy": True, "validate_records": False}
# Name of the tap, whether it is the Python tap, name of the settings, settings of the target.
CASES = [
    ("ours", False, "defaults", {}),
    ("ours", False, "copy, no validation", COPY),
    ("ours", False, "copy, no validation, batches of 2,000", {**COPY, "batch_size_rows": 2_000}),
    ("ours", False, "copy, no validation, batches of 50,000", {**COPY, "batch_size_rows": 50_000}),
    ("ours", False, "no validation", {"validate_records": False}),
    ("Python", True, "defaults", {}),
    ("Python", True, "copy, no validation", COPY),
]


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/pipe/run", description=__doc__)
    parser.add_argument("--tap", help="binary of the tap; built if not given")
    parser.add_argument("--fake", help="binary of the fake API; built if not given")
    parser.add_argument("--rows", type=int, default=200_000, help="approximate number of rows")
    arguments = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # so that context managers stop the servers

    tap, fake_binary = programs.binaries(arguments.tap, arguments.fake)
    target = programs.target(postgres.Postgres)
    programs.server()
    campaigns = max(1, round(arguments.rows / DELIVERED / ACCOUNTS / 100))
    world = [
        "--plain",
        "--accounts",
        str(ACCOUNTS),
        "--campaigns",
        str(campaigns),
        "--adgroups",
        "10",
        "--ads",
        "10",
    ]
    with (
        tempfile.TemporaryDirectory(prefix="tap-pipe-") as folder,
        Fake(fake_binary, world, Path(folder) / "fake.log") as fake,
        postgres.Server() as server,
    ):
        files = Files(Path(folder), fake, DAYS)
        python = python_command(fake.config["base_url"])
        files.discover(python, [STREAM])
        files.run([tap])  # fills the cache of the fake API
        # The Python tap asks for neither Promote nor TopView.
        ours, theirs = count(fake, passes(LEVEL)), count(fake, [[]])
        print(f"{ours} rows of {STREAM}, {theirs} for the Python tap, {postgres.Postgres.package}")
        costs = f"{'wall':>8} {'rows/s':>8} {'tap CPU':>9} {'target CPU':>11} {'database':>9}"
        print(f"{'tap':7} {'target':40} {costs}  limited by")
        wrong = []
        for number, (name, is_python, settings_name, settings) in enumerate(CASES):
            schema, rows = f"pipe_{number}", theirs if is_python else ours
            database = postgres.Postgres(server, schema)
            database.config |= settings
            load = Load(files, python if is_python else [tap], [target], database)
            costs = (
                f"{load.wall:7.1f}s {rows / load.wall:8.0f} {load.tap.cpu:8.1f}s "
                f"{load.target.cpu:10.1f}s {load.database_cpu:8.1f}s"
            )
            print(f"{name:7} {settings_name:40} {costs}  {load.limit()}", flush=True)
            loaded = int(
                server.query(postgres.DATABASE, f'SELECT count(*) FROM "{schema}"."{STREAM}"')[0]
            )
            if loaded != rows:
                wrong.append(f"{name}, {settings_name}: {loaded} rows in the table, not {rows}")
            server.query(postgres.DATABASE, f'DROP SCHEMA "{schema}" CASCADE')
        print("\n".join(wrong) or "every table has all rows")
    return 1 if wrong else 0


def count(fake, passes):
    """The number of rows that the fake API has, for these filters one after the other."""
    asked = {
        "report_type": "BASIC",
        "data_level": LEVEL,
        "dimensions": json.dumps(["ad_id", "stat_time_day"]),
        "metrics": json.dumps(["spend"]),
        "start_date": DAYS[0],
        "end_date": DAYS[1],
    }
    filters = [{"filtering": json.dumps(one)} if one else {} for one in passes]
    return sum(
        len(fake.ask("truth/report", advertiser_id=account, **asked, **one))
        for account in fake.accounts
        for one in filters
    )


class Load:
    """One `tap | target`. The constructor runs it."""

    def __init__(self, files, tap, target, database):
        config = files.folder / "target.json"
        config.write_text(json.dumps(database.config), encoding="utf-8")
        before = ended_backends(database.server)
        began = time.monotonic()
        with (
            (files.folder / "tap.log").open("wb") as tap_log,
            (files.folder / "target.log").open("wb") as target_log,
        ):
            self.tap = Watched([*tap, *files.arguments()], stdout=subprocess.PIPE, stderr=tap_log)
            try:
                command = [*target, "--config", config]
                self.target = Watched(
                    command, stdin=self.tap.stdout, stdout=subprocess.DEVNULL, stderr=target_log
                )
                self.tap.stdout.close()
                codes = {"target": self.target.end(), "tap": self.tap.end()}
            finally:
                self.tap.kill()
        self.wall = time.monotonic() - began
        time.sleep(0.5)  # until the server has noticed that its backend ended
        self.database_cpu = ended_backends(database.server) - before
        for name, code in codes.items():
            if code:
                log = (files.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"the {name} exited with {code}: {log[-3000:]}")

    def limit(self):
        """The busiest program, with the share of the wall time that each one was busy.

        The target waits while the database works, so the shares of these two add up.
        """
        shares = {"tap": self.tap.cpu, "target": self.target.cpu, "database": self.database_cpu}
        busy = ", ".join(f"{name} {cpu / self.wall:.0%}" for name, cpu in shares.items())
        return f"{max(shares, key=shares.get)} ({busy})"


def ended_backends(server):
    """CPU seconds of all backends of the server that have ended."""
    pid = (Path(server.data) / "postmaster.pid").read_text(encoding="ascii").split()[0]
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[13]) + int(after_name[14])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
