"""An Airflow of its own: a database, a pool, and the processes that `airflow standalone` starts.

Everything is in one folder, and ends with the context manager.
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

TIMEOUT = 300  # seconds for a start, or for one run of a DAG
ENDED = ("success", "failed")


class Airflow:
    """A running Airflow with the DAGs of one folder."""

    def __init__(self, program, folder, dags, environment):
        self.program, self.folder = program, folder
        self.process = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.environment = {
            **os.environ,
            **environment,
            "PATH": f"{Path(program).parent}:{os.environ['PATH']}",
            "AIRFLOW_HOME": str(folder),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": self.address.rpartition(":")[2],
            "AIRFLOW__API__BASE_URL": self.address,
            "AIRFLOW__API__WORKERS": "1",
            "NO_PROXY": "127.0.0.1",
        }
        # The test does not look into bytecode, and the folder of the DAGs is in the repository.
        self.environment |= {"PYTHONDONTWRITEBYTECODE": "1"}

    def __enter__(self):
        self.folder.mkdir()
        self.ask("db", "migrate")
        return self

    def start(self):
        """Reads the DAGs and starts the scheduler, the API server and the rest."""
        self.ask("dags", "reserialize")
        with (self.folder / "standalone.log").open("wb") as log:
            self.process = subprocess.Popen(
                [self.program, "standalone"],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait()

    def wait(self):
        """Waits until the API server answers, because the first tasks would fail before."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.address}/api/v2/monitor/health", timeout=10).close()
            except OSError:
                time.sleep(1)
            else:
                return
        raise RuntimeError(f"Airflow did not start: {self.last_log()}")

    def last_log(self):
        """The end of what the processes wrote."""
        log = self.folder / "standalone.log"
        return log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def __exit__(self, *_):
        if self.process is None:
            return
        # The session has all processes that `standalone` started.
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(timeout=20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue

    def ask(self, *arguments):
        """Runs a command of Airflow, and returns its stdout."""
        done = subprocess.run(
            [self.program, *arguments],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT,
        )
        if done.returncode:
            last = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
            raise RuntimeError(f"airflow {' '.join(arguments)} failed: {last}")
        return done.stdout

    def table(self, *arguments):
        """The rows that a command prints, which may follow lines of the log."""
        text = self.ask(*arguments, "--output", "json")
        rows, _ = json.JSONDecoder().raw_decode(text, text.index("[{"))
        return rows

    def run(self, dag, run):
        """Triggers a run and waits for its end. Returns the tasks, and the state of the run."""
        self.ask("dags", "trigger", dag, "--run-id", run)
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            listed = self.table("dags", "list-runs", dag)
            state = next(one["state"] for one in listed if one["run_id"] == run)
            if state in ENDED:
                return self.table("tasks", "states-for-dag-run", dag, run), state
            if self.process.poll() is not None:
                break
            time.sleep(2)
        raise RuntimeError(f"{run} did not end: {self.last_log()}")

    def log(self, dag, run, task):
        """The log of a task in a run, of all its mapped tasks and attempts."""
        files = sorted(self.folder.glob(f"logs/dag_id={dag}/run_id={run}/task_id={task}/**/*.log"))
        return "\n".join(file.read_text(encoding="utf-8") for file in files)
