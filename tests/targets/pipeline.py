"""Runs one `tap | target`: both processes, their exit codes, and the resulting state.

The folder of a pipeline holds its config, its state and the stderr of both processes.
"""

import json
import subprocess
import time

TIMEOUT = 400  # seconds for one pipeline


def discover(tap, config, catalog):
    """Writes the catalog, and returns what went wrong."""
    with catalog.open("wb") as out:
        done = subprocess.run(
            [tap, "--config", config, "--discover"], stdout=out, stderr=subprocess.PIPE, timeout=30
        )
    return (
        []
        if done.returncode == 0
        else [f"exit {done.returncode}: {done.stderr.decode('utf-8', 'replace')[-500:]}"]
    )


def write_json(path, value):
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


class Pipeline:
    """A tap with a target, which can run several times."""

    def __init__(self, tap, program, target, folder):
        self.tap, self.program, self.target, self.folder = tap, program, target, folder
        self.state = None
        self.seconds = 0.0
        self.processes = []
        self.stopped = False
        folder.mkdir()
        self.target_config = write_json(folder / "target.json", target.config)

    def run(self, number, config, catalog):
        """Runs once with the state of the previous run, and returns what went wrong."""
        tap = [self.tap, "--config", config, "--catalog", catalog]
        if self.state is not None:
            tap += ["--state", write_json(self.folder / f"state-{number}.json", self.state)]
        started = time.monotonic()
        arguments = ["--config", self.target_config, *self.target.arguments(number)]
        codes, out = self._pipe(number, tap, [self.program, *arguments])
        self.seconds += time.monotonic() - started
        wrong = [
            f"the {name} exited with {code}: {self._last_lines(name, number)}"
            for name, code in codes.items()
            if code
        ]
        lines = out.decode("utf-8").split("\n")[:-1]
        self.state = json.loads(lines[-1]) if lines else None
        return wrong if self.state is not None else [*wrong, "the target printed no state"]

    def _pipe(self, number, tap_command, target_command):
        try:
            with (
                self._log("tap", number).open("wb") as tap_log,
                self._log("target", number).open("wb") as target_log,
            ):
                tap = self._start(tap_command, stderr=tap_log)
                target = self._start(target_command, stdin=tap.stdout, stderr=target_log)
                tap.stdout.close()
                out, _ = target.communicate(timeout=TIMEOUT)
                return {"tap": tap.wait(timeout=TIMEOUT), "target": target.returncode}, out
        finally:
            self._kill()

    def _start(self, command, **streams):
        if self.stopped:
            raise RuntimeError("stopped")
        self.processes.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, cwd=self.folder, **streams)
        )
        return self.processes[-1]

    def stop(self):
        """Kills running processes, from another thread, and prevents further ones."""
        self.stopped = True
        self._kill()

    def _kill(self):
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes = []

    def _log(self, name, number):
        return self.folder / f"{name}-{number}.log"

    def _last_lines(self, name, number):
        return " | ".join(
            self._log(name, number).read_text(encoding="utf-8", errors="replace").splitlines()[-6:]
        )
