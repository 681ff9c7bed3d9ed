"""Runs a child process and measures what it costs: CPU, wall time and peak memory.

CPU comes from `wait4`. Peak memory comes from `/proc`, because `ru_maxrss` of a child includes the
memory that its parent had when the child started. `compare` and `pipe` use this.
"""

import os
import subprocess
import threading
import time

LOOK = 0.003  # seconds between two readings of the memory


class Watched:
    """A running child. Its figures are complete after `end`."""

    def __init__(self, command, **streams):
        self.began = time.monotonic()
        self.process = subprocess.Popen([str(word) for word in command], **streams)
        self.code = None
        self.cpu = self.wall = 0.0  # seconds
        self.peak = 0  # bytes
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @property
    def stdout(self):
        return self.process.stdout

    def look(self):
        """Records the peak memory so far."""
        try:
            with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
                for line in status:
                    if line.startswith("VmHWM:"):
                        self.peak = max(self.peak, int(line.split()[1]) * 1024)
        except OSError:
            pass

    def _watch(self):
        while self.code is None:
            self.look()
            time.sleep(LOOK)

    def end(self):
        """Waits for the child and returns its exit code."""
        if self.code is None:
            _, status, usage = os.wait4(self.process.pid, 0)
            self.wall = time.monotonic() - self.began
            self.cpu = usage.ru_utime + usage.ru_stime
            self.code = self.process.returncode = os.waitstatus_to_exitcode(status)
            self._watcher.join()
        return self.code

    def kill(self):
        """Kills the child if it is still running."""
        if self.code is None:
            self.process.kill()
            self.end()
