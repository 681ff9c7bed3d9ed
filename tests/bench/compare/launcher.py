"""Starts the Python tap in its own environment, with the fake API in place of TikTok. Owns what must change in its requests for
that: the host, and three things that TikTok forgives and the strict fake does not. `launcher.py BASE_URL ARGUMENTS...`
"""

import json
import sys
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
import tap_tiktok_ads

BASE = sys.argv.pop(1)
UNKNOWN = ("lifetime",)  # parameters that the API does not have
SEND = requests.Session.request


def request(session, method, url, **arguments):
    parts = urlsplit(url)
    parameters = {name: value for name, value in parse_qsl(parts.query) if name not in UNKNOWN}
    if "metrics" in parameters:
        # `promotion_type` is in its list twice.
        parameters["metrics"] = json.dumps(list(dict.fromkeys(json.loads(parameters["metrics"]))))
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"  # its `user/info` has none
    query = f"?{urlencode(parameters)}" if parameters else ""
    return SEND(session, method, f"{BASE}{path}{query}", **arguments)


requests.Session.request = request
tap_tiktok_ads.main()
