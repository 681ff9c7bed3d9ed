"""An Airflow DAG that loads many accounts: a mapped task per group of accounts, in a pool.

The folder in TIKTOK_ADS_FOLDER has `settings.json` (docs/many-accounts.md describes it) and gets
the states and the run reports. The pool `tiktok_ads` has as many slots as `slots` says.
"""

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

from airflow.sdk import dag, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

sys.path.append(str(Path(__file__).parent))
import reports
import states

FOLDER = Path(os.environ["TIKTOK_ADS_FOLDER"])


def settings():
    return json.loads((FOLDER / "settings.json").read_text(encoding="utf-8"))


def report_of(group):
    """The run report of a group in this run of the DAG."""
    return FOLDER / "reports" / get_current_context()["run_id"] / f"{group}.json"


def state_of(group):
    return FOLDER / group / "state.json"


@dag(
    schedule=settings()["schedule"],
    start_date=datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc),
    catchup=False,
    max_active_runs=1,  # two runs of a group would overwrite each other's state
)
def tiktok_ads():
    @task(retries=2, retry_delay=datetime.timedelta(seconds=10))
    def groups():
        return sorted(settings()["groups"])

    @task(
        pool="tiktok_ads",
        map_index_template="{{ group }}",
        retries=2,
        retry_delay=datetime.timedelta(minutes=5),
    )
    def load(group):
        """Runs `tap | target` for one group, with a share of the rate limit and its own state."""
        get_current_context()["group"] = group  # the name that the mapped task has in Airflow
        known = settings()
        config = {
            "accounts": known["groups"][group],
            "rate_limit": known["rate_limit"] / known["slots"],
            "run_report": str(report_of(group)),
        }
        report_of(group).parent.mkdir(parents=True, exist_ok=True)
        own = FOLDER / group / "config.json"
        states.write(own, json.dumps(config))
        command = [known["tap"], "--config", known["config"], "--config", own]
        if state_of(group).exists():
            command += ["--state", state_of(group)]
        target_command = [known["target"], "--config", known["target_config"]]
        options = {"stdout": subprocess.PIPE, "cwd": FOLDER / group}
        tap = subprocess.Popen(command, **options)
        with subprocess.Popen(target_command, stdin=tap.stdout, **options) as target:
            tap.stdout.close()  # so that the tap notices if the target dies
            printed = target.stdout.read().decode("utf-8").splitlines()
        # The last state covers all that was delivered, also if the run failed.
        if printed:
            states.write(state_of(group), printed[-1])
        code = tap.wait()
        if target.returncode:
            raise AirflowException(f"the target exited with code {target.returncode}")
        if code in reports.MEANINGS:
            raise AirflowFailException(f"the tap exited with code {code}: {reports.MEANINGS[code]}")
        if code:
            raise AirflowException(f"the tap exited with code {code}")

    @task(trigger_rule="all_done")
    def merge():
        """One state of all accounts, for another split into groups, or for one run."""
        found = [states.read(state_of(group)) for group in sorted(settings()["groups"])]
        merged = states.merge(state for state in found if state)
        states.write(FOLDER / "state.json", json.dumps(merged))

    @task(trigger_rule="all_done")
    def alert(names):
        """Fails if anything is missing, and says what. The run of the DAG fails with it."""
        wrong = []
        for group in names:
            wrong += reports.complaints(group, states.read(report_of(group)))
        if wrong:
            raise AirflowFailException("\n".join(["not everything was delivered", *wrong]))

    names = groups()
    loads = load.expand(group=names)
    merged = merge()
    alerted = alert(names)
    loads >> merged >> alerted


tiktok_ads()
