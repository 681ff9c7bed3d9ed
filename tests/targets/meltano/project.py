"""A Meltano project: a folder, the program `meltano`, and the plugins that are added to it."""

import json
import os
import re
import subprocess
import time

TIMEOUT = 300  # seconds for one command


class Failed(Exception):
    """A command of Meltano failed."""


class Project:
    """A new project. `environment` is passed to every command."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.environment = {}
        self.seconds = 0.0
        self.log = ""
        self._run("init", str(folder), "--no-usage-stats", folder=folder.parent)

    def meltano(self, *arguments):
        """Runs a command in the project. Returns its stdout, and keeps stderr in `log`."""
        return self._run(*arguments, folder=self.folder)

    def _run(self, *arguments, folder):
        started = time.monotonic()
        done = subprocess.run(
            [self.program, *arguments],
            cwd=folder,
            env={
                **os.environ,
                "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
                "NO_COLOR": "1",
                "COLUMNS": "200",
                **self.environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT,
        )
        self.seconds = time.monotonic() - started
        self.log = done.stderr
        if done.returncode:
            output = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
            raise Failed(f"meltano {' '.join(arguments)} exited with {done.returncode}: {output}")
        return done.stdout

    def add_tap(self, definition, wheel):
        """Adds the tap from its definition, and installs it from a wheel."""
        text = definition.read_text(encoding="utf-8")
        text, count = re.subn(r"(?m)^# pip_url: .*$", f"pip_url: {wheel}", text)
        if count != 1:
            raise Failed(f"{definition} has no place for pip_url")
        changed = self.folder / "plugin.yml"
        changed.write_text(text, encoding="utf-8")
        self.meltano("add", "tap-tiktok-ads", "--from-ref", str(changed))

    def use_executable(self, path):
        """Replaces the installed package of the tap with an executable."""
        file = self.folder / "meltano.yml"
        text = file.read_text(encoding="utf-8")
        text, count = re.subn(r"(?m)^ +pip_url: .*\.whl\n", "", text)
        text, named = re.subn(r"(?m)( +executable: )tap-tiktok-ads$", rf"\g<1>{path}", text)
        if count != 1 or named != 1:
            raise Failed(f"{file} does not install the tap from a wheel")
        file.write_text(text, encoding="utf-8")

    def add_target(self, target, program):
        """Adds a target that is installed already, with its settings."""
        name = f"target-{target.name}"
        definition = {
            "plugin_type": "loaders",
            "name": name,
            "namespace": name.replace("-", "_"),
            "executable": program,
            "settings": [
                {"name": setting, "value": value, "kind": _kind(value)}
                for setting, value in target.config.items()
            ],
        }
        file = self.folder / f"{name}.yml"
        file.write_text(json.dumps(definition), encoding="utf-8")  # JSON is YAML too
        self.meltano("add", name, "--from-ref", str(file))


def _kind(value):
    return {bool: "boolean", int: "integer"}.get(type(value), "string")
