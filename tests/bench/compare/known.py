"""The known differences between the Python tap and this one, with the reason for each.

A difference that is not listed here fails the comparison.
"""

import re
from decimal import Decimal

from values import Number

ENTITIES = {"campaigns": "campaign_id", "adgroups": "adgroup_id", "ads": "ad_id"}

# Metrics that the Python tap has in its catalog but never requests, so that it delivers null. This
# tap requests what the catalog selects.
NEVER_ASKED = {"objective_type", "user_action"}

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.0+)?(?:Z|\+00:00)", re.ASCII)


def one_form(value):
    """A value in one notation.

    The Python tap writes times with `.000000Z`, or with a space and `+00:00`, and whole numbers as
    `12.0`.
    """
    if isinstance(value, Number):
        return Decimal(value)
    if isinstance(value, str):
        moment = MOMENT.fullmatch(value)
        return f"{moment[1]}T{moment[2]}Z" if moment else value
    if isinstance(value, list):
        return [one_form(item) for item in value]
    if isinstance(value, dict):
        return {name: one_form(item) for name, item in value.items()}
    return value


class Known:
    """The known differences for the data of one fake API."""

    def __init__(self, fake):
        self.hidden = {}
        for stream, name in ENTITIES.items():
            for entity in fake.ask(f"truth/{stream}"):
                if entity["top_view"] or entity["promote"]:
                    self.hidden[entity["row"][name]] = (
                        "TopView" if entity["top_view"] else "Promote"
                    )

    def row(self, stream, ours):
        """Why only this tap delivers a row; None if that is unknown."""
        name = ENTITIES.get(stream)
        # A report names the entities that its rows belong to.
        names = [name] if name else ENTITIES.values()
        kinds = {self.hidden[ours[name]] for name in names if ours.get(name) in self.hidden}
        what = "reports of" if name is None else "entities of"
        return (
            f"{what} {' and '.join(sorted(kinds))}: TikTok leaves them out by default, and the "
            "Python tap does not request them"
            if kinds
            else None
        )

    def value(self, field, theirs, ours):
        """Why a value differs; None if that is unknown."""
        if field in NEVER_ASKED and theirs is None:
            return f"{field}: the Python tap has it in its catalog but never requests it"
        if theirs is True and ours is False:
            return f'{field}: the Python tap reads the text "0" as true'
        if isinstance(theirs, Number) and isinstance(ours, Number) and float(theirs) == float(ours):
            return (
                f"{field}: the Python tap converts it to a binary float, which has 15 to 17 digits"
            )
        return None
