"""How the two taps are started, and what one run costs.

Both get the same config, state and catalog, which are written here.
"""

import json
import subprocess
from pathlib import Path

import programs
from cost import Watched

PACKAGE = "tap-tiktok-ads==1.2.1"
LAUNCHER = Path(__file__).with_name("launcher.py")
LONG_AGO = "2000-01-01T00:00:00Z"


def python_command(base_url):
    """The command of the Python tap without its arguments. Installs the tap if needed."""
    return [Path(programs.package(PACKAGE)).with_name("python"), LAUNCHER, base_url]


class Files:
    """The files that both taps get."""

    def __init__(self, folder, fake, days):
        self.folder = folder
        first, last = days
        self.config = self._write(
            "config.json",
            {
                "access_token": fake.config["access_token"],
                "accounts": ",".join(fake.accounts),
                "base_url": fake.config["base_url"],
                "start_date": f"{first}T00:00:00Z",
                "end_date": f"{last}T00:00:00Z",
                "rate_limit": 10000,
            },
        )
        # Without a bookmark, the Python tap leaves out entities that are older than the start date.
        marks = {
            stream: dict.fromkeys(fake.accounts, LONG_AGO)
            for stream in ("campaigns", "adgroups", "ads")
        }
        self.state = self._write("state.json", {"bookmarks": {"advertisers": LONG_AGO, **marks}})
        self.catalog = folder / "catalog.json"

    def _write(self, name, value):
        path = self.folder / name
        path.write_text(json.dumps(value), encoding="utf-8")
        return path

    def discover(self, python, streams=None):
        """Writes the catalog of the Python tap, with all streams or some streams selected."""
        command = [*python, "--config", self.config, "--discover"]
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, encoding="utf-8", timeout=60
        )
        if done.returncode:
            raise RuntimeError(f"discovery of the Python tap failed: {done.stderr[-2000:]}")
        catalog = json.loads(done.stdout)
        for stream in catalog["streams"]:
            for item in stream["metadata"]:
                item["metadata"]["selected"] = streams is None or stream["tap_stream_id"] in streams
        self.catalog.write_text(json.dumps(catalog), encoding="utf-8")

    def arguments(self):
        return ["--config", self.config, "--catalog", self.catalog, "--state", self.state]

    def run(self, command, out=None):
        """Runs a tap once; stdout goes to a file, or through a pipe and is dropped."""
        with (self.folder / "stderr.txt").open("w+", encoding="utf-8", errors="replace") as errors:
            child = Watched(
                [*command, *self.arguments()], stdout=out or subprocess.PIPE, stderr=errors
            )
            while child.stdout and child.stdout.read1(1 << 16):
                pass
            child.look()
            if child.end():
                errors.seek(0)
                raise RuntimeError(
                    f"{command[0]} exited with {child.code}: {errors.read()[-3000:]}"
                )
        return child
