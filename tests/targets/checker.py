"""Has `singer-check-tap` read the output of the tap: it checks the grammar and every record."""

import re
import subprocess
import time

PACKAGE = "singer-tools==0.4.1"


def check(program, tap, config, catalog, folder):
    """What is wrong with the output, the number of its records, and the seconds."""
    started = time.monotonic()
    with (folder / "checked.log").open("wb") as log:
        command = [tap, "--config", config, "--catalog", catalog]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log) as output:
            done = subprocess.run(
                [program], stdin=output.stdout, cwd=folder, capture_output=True, encoding="utf-8"
            )
    seconds = time.monotonic() - started
    records = re.search(r"(?m)^ *(\d+) record messages$", done.stdout)
    wrong = [f"the tap exited with {output.returncode}"] if output.returncode else []
    if done.returncode or not records:
        wrong += [f"exit {done.returncode}: {(done.stdout + done.stderr)[-500:]}"]
    return wrong, int(records[1]) if records else 0, seconds
