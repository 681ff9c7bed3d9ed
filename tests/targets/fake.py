"""The fake API as a process: starts it on a free port, queries its data, and stops it.

The data is served below `/_fake/`.
"""

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from values import parse


class Fake:
    """A running fake API, as a context manager."""

    def __init__(self, binary, arguments, log):
        self.binary, self.arguments, self.log = binary, arguments, log
        self.process = None
        self.config = {}

    def __enter__(self):
        with open(self.log, "wb") as log:
            command = [self.binary, "--port", "0", *self.arguments]
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, encoding="utf-8"
            )
        text = ""
        for line in self.process.stdout:
            text += line
            if line == "}\n":
                break
        if not text.endswith("}\n"):
            self.__exit__()
            raise RuntimeError(
                f"the fake API did not start: {self.log.read_text(encoding='utf-8')}"
            )
        self.config = json.loads(text)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    @property
    def accounts(self):
        return self.config["accounts"]

    def ask(self, path, **parameters):
        """The JSON at a path below `/_fake/`, with the digits of its numbers."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(
                f"{self.config['base_url']}/_fake/{path}?{query}", timeout=120
            ) as answer:
                return parse(answer.read().decode("utf-8"))
        except urllib.error.HTTPError as error:
            raise RuntimeError(
                f"the fake API refuses {path}: {error.read().decode('utf-8', 'replace')}"
            ) from error

    def refusals(self):
        """Requests that were not answered with data, and violations that the fake API noticed."""
        refused = [request for request in self.ask("requests") if str(request["code"]) != "0"]
        told = [f"{request['code']} {request['path']} {request['params']}" for request in refused]
        return told + [str(violation) for violation in self.ask("violations")]
