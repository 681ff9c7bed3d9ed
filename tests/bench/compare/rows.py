"""Compares the rows of both taps. The differences that are expected are in `known`."""

from collections import Counter

from known import one_form
from values import Number, parse


class Output:
    """The output of a tap: rows by stream and key."""

    def __init__(self, path):
        self.keys, self.rows = {}, {}
        self.twice = Counter()
        with path.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                message = parse(line)
                stream = message.get("stream")
                if message["type"] == "SCHEMA":
                    self.keys[stream] = message["key_properties"]
                    self.rows.setdefault(stream, {})
                elif message["type"] == "RECORD":
                    record = message["record"]
                    key = tuple(one_form(record.get(name)) for name in self.keys[stream])
                    self.twice[stream] += key in self.rows[stream]
                    self.rows[stream][key] = record


def compare(theirs, ours, known):
    """Yields the result for each stream: rows, compared values, known and unknown differences."""
    for stream in sorted(theirs.rows.keys() | ours.rows.keys()):
        left, right = theirs.rows.get(stream, {}), ours.rows.get(stream, {})
        result = Result(stream, len(left), len(right))
        if theirs.keys.get(stream) != ours.keys.get(stream):
            result.unknown.append(f"keys {theirs.keys.get(stream)} and {ours.keys.get(stream)}")
        for name, output in (("theirs", theirs), ("ours", ours)):
            if output.twice[stream]:
                result.unknown.append(f"{output.twice[stream]} rows twice in {name}")
        for key in left.keys() - right.keys():
            result.unknown.append(f"only theirs: {key}")
        for key in right.keys() - left.keys():
            result.judge(known.row(stream, right[key]), f"only ours: {key}")
        for key in left.keys() & right.keys():
            result.compare(known, left[key], right[key])
        yield result


def unseen_change(theirs, ours, known):
    """Removes one of our rows, changes a value in another, and returns what goes unnoticed."""
    stream = max(ours.rows, key=lambda name: len(ours.rows[name]))
    mine = ours.rows[stream]
    key, other = list(theirs.rows[stream])[:2]
    row = mine.pop(key)
    gone = sum(len(result.unknown) for result in compare(theirs, ours, known))
    mine[key] = row
    clicks = mine[other]["clicks"]
    mine[other]["clicks"] = Number(int(clicks) + 1)
    changed = sum(len(result.unknown) for result in compare(theirs, ours, known))
    mine[other]["clicks"] = clicks
    missed = ["a missing row"] * (gone != 1) + ["a changed value"] * (changed != 1)
    return " and ".join(missed)


class Result:
    """The result of comparing one stream."""

    def __init__(self, stream, theirs, ours):
        self.stream, self.theirs, self.ours = stream, theirs, ours
        self.values = 0
        self.known, self.unknown = Counter(), []

    def judge(self, reason, what):
        if reason:
            self.known[reason] += 1
        else:
            self.unknown.append(what)

    def compare(self, known, left, right):
        for field in left.keys() | right.keys():
            one, two = one_form(left.get(field)), one_form(right.get(field))
            self.values += 1
            if type(one) is not type(two) or one != two:
                self.judge(
                    known.value(field, left.get(field), right.get(field)),
                    f"{field}: {one!r} and {two!r}",
                )
