"""Starts the Python tap in its own environment, with the fake API in place of TikTok.

It changes the requests of the Python tap: the host, and three details that TikTok accepts and the
strict fake API refuses. Usage: `launcher.py BASE_URL ARGUMENTS...`
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
        # The list of the Python tap has `promotion_type` twice.
        parameters["metrics"] = json.dumps(list(dict.fromkeys(json.loads(parameters["metrics"]))))
    path = (
        parts.path if parts.path.endswith("/") else f"{parts.path}/"
    )  # `user/info` lacks the slash
    query = f"?{urlencode(parameters)}" if parameters else ""
    return SEND(session, method, f"{BASE}{path}{query}", **arguments)


requests.Session.request = request
tap_tiktok_ads.main()
