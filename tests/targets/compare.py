"""Compares the rows of a target with the expected rows, value by value.

`check_itself` changes one thing at a time and returns the changes that `compare` does not detect.
"""

import copy
import json
from collections import Counter
from decimal import Decimal

from losses import FLAT, UNDECLARED, Flat, loss
from values import JsonText, Number, parse

MOST_SHOWN = 5


class Result:
    """The result of one comparison."""

    def __init__(self):
        self.rows = self.values = self.exact = self.differences = 0
        self.lost = Counter()
        self.shown = []

    def add(self, other):
        """Adds the counts of another comparison."""
        self.rows += other.rows
        self.values += other.values
        self.exact += other.exact
        self.differences += other.differences
        self.lost += other.lost

    def differ(self, what):
        self.differences += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(what if len(what) < 400 else what[:400] + "…")


def same(want, got, digits=False):
    """Whether two values are equal. Numbers are compared exactly, by value or by digits."""
    if type(want) is not type(got):
        return isinstance(want, JsonText) and type(got) is str and _is_json(want.value, got)
    if isinstance(want, Number):
        one, two = Decimal(want), Decimal(got)
        return one.as_tuple() == two.as_tuple() if digits else one == two
    if isinstance(want, dict):
        return want.keys() == got.keys() and all(
            same(item, got[key], digits) for key, item in want.items()
        )
    if isinstance(want, list):
        return len(want) == len(got) and all(same(one, two, digits) for one, two in zip(want, got))
    return want == got


def _is_json(want, text):
    try:
        return same(want, parse(text), digits=True)
    except json.JSONDecodeError:
        return False


def compare(want, got, fields, digits=False, losses=frozenset()):
    """Compares two mappings of key to row.

    A field that is missing in a row counts as null. A field that the catalog lacks is a difference.
    What a target is known to do to values is counted by its name, and is no difference.
    """
    result = Result()
    for key in want.keys() - got.keys():
        result.differ(f"row {_name(key)} is missing")
    for key, row in got.items():
        if key not in want:
            result.differ(f"row {_name(key)} should not be there")
            continue
        result.rows += 1
        result.values += len(fields)
        for field in row.keys() - fields:
            result.differ(f"row {_name(key)}: the catalog has no {field}")
        for field, value in want[key].items():
            if same(value, row.get(field), digits):
                result.exact += 1
                continue
            name = loss(value, row.get(field)) if losses else None
            if name in losses:
                result.lost[name] += 1
            else:
                result.differ(f"row {_name(key)}: {field} is {row.get(field)!r}, not {value!r}")
    return result


def _name(key):
    return "/".join(map(str, key))


def change_digit(rows):
    """A copy of the rows with one digit of one number changed."""
    for key, row in rows.items():
        for field, value in row.items():
            if isinstance(value, Number) and value[-1].isdigit():
                digit = "1" if value[-1] == "0" else "0"
                return {**rows, key: {**row, field: Number(value[:-1] + digit)}}
    raise ValueError("no number to change")


def check_itself():
    """Changes one thing at a time in two rows, and returns the changes that were not detected."""
    first = {
        "id": "1",
        "spend": Number("12345678901234.123456"),
        "clicks": Number("20"),
        "name": "a\ufffd",
    }
    first |= {
        "gone": None,
        "on": False,
        "list": ["1", Number("1.10")],
        "tree": {"a": [None]},
        "text": JsonText(["tent"]),
    }
    want = {("1",): first, ("2",): {**first, "id": "2"}}
    fields = set(first)
    good = copy.deepcopy(want)
    good[("1",)] |= {"spend": Number("12345678901234.1234560"), "text": '[ "tent"]', "gone": None}
    del good[("2",)]["gone"]
    good[("2",)]["text"] = '["tent"]'
    missed = [] if compare(want, good, fields).differences == 0 else ["equal rows differ"]
    wrong = {
        "spend": Number("12345678901234.123457"),
        "clicks": "20",
        "name": "a",
        "gone": "",
        "on": None,
        "list": ["1", Number("1.11")],
        "tree": {"a": []},
        "text": '["tents"]',
        "more": "x",
    }
    for field, value in wrong.items():
        bad = copy.deepcopy(good)
        bad[("2",)][field] = value
        if compare(want, bad, fields).differences != 1:
            missed.append(f"{field} changed to {value!r}")
    if compare(want, good, fields, digits=True).differences != 1:
        missed.append("a trailing zero, when comparing digits")
    if compare(want, change_digit(good), fields).differences != 1:
        missed.append("a changed digit")
    if compare(want, {("1",): good[("1",)]}, fields).differences != 1:
        missed.append("a missing row")
    if compare({("1",): first}, good, fields).differences != 1:
        missed.append("an extra row")
    return missed + _check_losses()


def _check_losses():
    """Losses that are known must be counted, and what only looks like one must be a difference."""
    tree = {"name": "x", "count": Number("3"), "ids": ["1"], "inner": {"on": True}}
    columns = {"name": "x", "count": 3, "ids": "['1']", "inner__on": True}
    missed = []
    for want, got, name in [
        (tree, Flat(columns), FLAT),
        ({}, None, FLAT),
        ({"name": None}, None, FLAT),
        ({**tree, "more": "z"}, Flat(columns), UNDECLARED),
        (tree, None, None),
        (["1"], None, None),
        ([], None, None),
        (JsonText(["1"]), None, None),
        (tree, Flat(columns, name="y"), None),
        (tree, Flat(columns, name=None), None),
        (tree, Flat(columns, ids="['2']"), None),
        (tree, Flat(columns, more="z"), None),
        (["1"], Flat({"name": "x"}), None),
    ]:
        if loss(want, got) != name:
            missed.append(f"{want!r} as {got!r} is {loss(want, got)}, not {name}")
    return missed
