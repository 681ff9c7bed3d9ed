"""Loads one scenario into one target, twice, and checks the rows, the state and what was read."""

import json
from collections import Counter

import compare
import pipeline


class Load:
    """One target in one scenario."""

    def __init__(self, tap, program, target, folder):
        self.target = target
        self.pipeline = pipeline.Pipeline(tap, program, target, folder / target.name)
        self.wrong, self.states, self.written = [], [], []

    def run(self, configs, catalog, streams):
        """Runs twice, the second time with the state of the first."""
        if self.target.per_stream:
            return self._run_each(configs[-1], catalog, streams)
        for number, config in enumerate(configs, start=1):
            self.wrong.append(self.pipeline.run(number, config, catalog))
            self.states.append(self.pipeline.state or {})
            if self.target.keeps_lines:
                self.written.append(
                    {
                        stream.name: Counter(map(stream.key, self.target.lines(stream)))
                        for stream in streams
                    }
                )

    def _run_each(self, config, catalog, streams):
        """Runs once for each stream, without a state."""
        entries = json.loads(catalog.read_text(encoding="utf-8"))["streams"]
        for number, stream in enumerate(streams):
            only = [entry for entry in entries if entry["tap_stream_id"] == stream.name]
            path = self.pipeline.folder / f"catalog-{number}.json"
            self.pipeline.state = None
            self.wrong.append(
                self.pipeline.run(number, config, pipeline.write_json(path, {"streams": only}))
            )

    def check(self, checks, scenario, streams, truth):
        """Checks everything after both runs. Returns the sum of all comparisons."""
        name = f"{scenario.name}, {self.target.name}"
        for run, wrong in enumerate(self.wrong, start=1):
            checks.add(f"{name}: run {run}", wrong)
        for run, state in enumerate(self.states, start=1):
            checks.add(f"{name}: state of run {run}", _check_state(state, streams, truth, run))
        total = compare.Result()
        for stream in streams:
            total.add(self._compare(checks, f"{name}: {stream.name}", stream, truth))
            if self.written:
                checks.add(
                    f"{name}: rows that each run writes of {stream.name}",
                    self._check_reads(stream, truth),
                )
        return total

    def _compare(self, checks, name, stream, truth):
        want, got = truth.rows[stream.name], self.target.rows(stream)
        options = {"digits": self.target.keeps_digits, "losses": self.target.losses}
        result = compare.compare(want, got, stream.fields, **options)
        checks.add(name, result.shown)
        checks.add(f"{name} as a whole", self.target.complaints(stream))
        if stream.name == "ad_insights" and got:
            again = compare.compare(want, compare.change_digit(got), stream.fields, **options)
            missed = again.differences != result.differences + 1
            checks.add(f"{name}: a changed digit is detected", ["it is not"] if missed else [])
        return result

    def _check_reads(self, stream, truth):
        """The first run writes each row once, the second one only rows after the bookmark."""
        wrong, before = [], Counter()
        for run, written in enumerate(self.written, start=1):
            got, want = written[stream.name] - before, truth.reads(stream, run)
            before = written[stream.name]
            if got != want:
                extra, missing = (got - want).total(), (want - got).total()
                wrong.append(f"run {run}: {extra} extra rows, {missing} missing rows")
        return wrong


def _check_state(state, streams, truth, run):
    want = {stream.name: marks for stream in streams if (marks := truth.bookmarks(stream, run))}
    got = state.get("bookmarks", {})
    names = sorted(name for name in want.keys() | got.keys() if got.get(name) != want.get(name))
    wrong = [f"{name}: {got.get(name)}, not {want.get(name)}" for name in names]
    if state.get("currently_syncing"):
        wrong.append(f"currently_syncing is {state['currently_syncing']}")
    return wrong
