"""What targets are known to do to values, each with its name in the table of results.

A target lists the names that apply to it. Any other difference fails the comparison.
"""

import ast
import re

from values import JsonText, Number

FLOATS = "numbers become binary floats"
EMPTY = "empty text becomes null"
TABS = "tabs and line ends become escape sequences"
PYTHON = "lists and objects become text of Python"
FLAT = "objects become columns of their own"
UNDECLARED = "members of objects that the catalog does not declare are lost"


# How Python writes a number that a target keeps with its digits. It is no literal.
DECIMAL = re.compile(r"Decimal\('([^']*)'\)")


class Flat(dict):
    """The columns that a target made of an object, by the names of its members."""


def loss(want, got):
    """The name of what happened to a value, or None if no target is known to do that."""
    if isinstance(want, Number) and isinstance(got, Number):
        return FLOATS if float(want) == float(got) else None
    if want == "" and got is None:
        return EMPTY
    if isinstance(want, (dict, list, JsonText)):
        return _container_loss(want.value if isinstance(want, JsonText) else want, got)
    if isinstance(want, str) and isinstance(got, str):
        escaped = want.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
        return TABS if got in (escaped, escaped.replace("\\\\", "\\")) else None
    return None


def _container_loss(want, got):
    if got is None or isinstance(got, Flat):
        return _flat_loss(want, got) if isinstance(want, dict) else None
    if isinstance(got, str):
        try:
            literal = ast.literal_eval(DECIMAL.sub(r"\1", got))
            return PYTHON if _plain(literal) == _plain(want) else None
        except (SyntaxError, ValueError):
            return None
    return FLOATS if _plain(want) == _plain(got) else None


def _flat_loss(want, got):
    """Each column must hold what the member is. A member without a column is lost."""
    members, columns = dict(_members(want)), got or {}
    if not all(_is_stored(members.get(name), value) for name, value in columns.items()):
        return None
    lost = [name for name, item in members.items() if name not in columns and item is not None]
    if not lost:
        return FLAT
    return None if got is None else UNDECLARED


def _members(value, path=""):
    """All members of an object with the names of their columns."""
    for name, item in value.items():
        if isinstance(item, dict):
            yield from _members(item, f"{path}{name}__")
        else:
            yield path + name, item


def _is_stored(want, got):
    if want is None or got is None:
        return want is None and got is None
    if isinstance(want, Number):
        return float(want) == float(got)
    if isinstance(want, list):
        return isinstance(got, str) and _container_loss(want, got) == PYTHON
    return want == got


def _plain(value):
    """A value whose numbers are binary floats."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    is_number = isinstance(value, Number) or type(value) in (int, float)
    return float(value) if is_number else value
