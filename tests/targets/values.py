"""The expected value in a record for a value of the API, by the type of its field in the catalog.

The rules are deliberately written a second time: nothing here comes from the tap.
"""

import json
import re
from datetime import datetime, timedelta, timezone

NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"(-?(?:0|[1-9]\d*))(?:\.0+)?", re.ASCII)
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?", re.ASCII)
NOTHING = ("", "-")


class Number(str):
    """A JSON number with its digits. It equals only another number, see `compare`."""

    __slots__ = ()


class JsonText:
    """Text that must contain this JSON, with any spacing."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"text of {self.value!r}"


def clean(text):
    """Text without what targets cannot store: NUL is removed, a lone surrogate becomes U+FFFD."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text).replace("\0", "")


def _first_wins(pairs):
    members = {}
    for key, value in pairs:
        members.setdefault(clean(key), value)
    return members


_DECODER = json.JSONDecoder(object_pairs_hook=_first_wins, parse_float=Number, parse_int=Number)


def parse(text):
    """JSON with the digits of its numbers, the first of duplicate keys and unchanged strings."""
    return _DECODER.decode(text)


def types(schema):
    """The names of the types that a schema allows, without null."""
    named = schema.get("type", [])
    return {named} - {"null"} if isinstance(named, str) else set(named) - {"null"}


def is_time(schema):
    return schema.get("format") == "date-time"


def expected(schema, value):
    """The value of a field in a record for a value of the API."""
    if value is None:
        return None
    allowed = types(schema)
    if isinstance(value, (dict, list)):
        return _expected_container(schema, allowed, value)
    if allowed in ({"number"}, {"integer", "number"}):
        text = _text(value)
        return Number(text) if NUMBER.fullmatch(text) else None
    if allowed == {"integer"}:
        match = WHOLE.fullmatch(_text(value))
        return Number(match[1]) if match else None
    if allowed == {"boolean"}:
        return {"1": True, "true": True, "0": False, "false": False}.get(_text(value).lower())
    if is_time(schema):
        return _moment(_text(value))
    if schema.get("format") == "date":
        match = re.match(r"(?!0000)\d{4}-\d\d-\d\d", _text(value))
        return match[0] if match else None
    if allowed == {"string"}:
        return clean(_text(value))
    if allowed and allowed <= {"object", "array"}:
        return None
    return undeclared(value)


def _expected_container(schema, allowed, value):
    if isinstance(value, dict) and "object" in allowed:
        properties = schema.get("properties", {})
        return {
            key: expected(properties[key], item) if key in properties else undeclared(item)
            for key, item in value.items()
        }
    if isinstance(value, list) and "array" in allowed:
        items = schema.get("items")
        return [expected(items, item) if items else undeclared(item) for item in value]
    if not allowed:
        return undeclared(value)
    return JsonText(undeclared(value)) if "string" in allowed else None


def undeclared(value):
    """A value without a schema: unchanged except for clean strings."""
    if isinstance(value, dict):
        return {key: undeclared(item) for key, item in value.items()}
    if isinstance(value, list):
        return [undeclared(item) for item in value]
    return clean(value) if type(value) is str else value


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _moment(text):
    """RFC 3339 in UTC; None for missing values, zero dates and text that is not a time."""
    if text in NOTHING or text == "0" or text.startswith("0000-00-00"):
        return None
    if re.fullmatch(r"\d{9,10}|\d{13}", text):
        seconds, rest = (int(text[:-3]), text[-3:]) if len(text) == 13 else (int(text), "")
        moment = datetime(1970, 1, 1) + timedelta(seconds=seconds)
        return moment.isoformat() + (f".{rest}" if rest.strip("0") else "") + "Z"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        text += "T00:00:00"
    match = TIME.fullmatch(text)
    if not match:
        return None
    day, clock, zone = match.groups()
    if zone in (None, "Z"):
        return f"{day}T{clock}Z"
    moment = datetime.fromisoformat(f"{day}T{clock}{zone}").astimezone(timezone.utc)
    return moment.replace(tzinfo=None).isoformat() + "Z"
