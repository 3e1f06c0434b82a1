"""Sends the known set with posthog for Python of any version.

Usage: send.py URL TOKEN KNOWN_SET MODE...
Modes: gzip, historical, nan, v1, v1:gzip, v1:deflate, v1:zstd
"""

import json
import sys
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from posthog.client import Client

url, token, known_set, *modes = sys.argv[1:]
options = {}
if "historical" in modes:
    options["historical_migration"] = True
for mode in modes:
    if mode.startswith("v1"):
        options["capture_mode"] = "v1"
        options["capture_compression"] = mode[3:] or "none"

client = Client(
    token,
    host=url,
    gzip="gzip" in modes,
    flush_at=20,
    flush_interval=0.5,
    on_error=lambda error, _batch: print(repr(error), file=sys.stderr),
    **options,
)


def capture(event, distinct_id="user-1", **more):
    client.capture(event=event, distinct_id=distinct_id, **more)


with open(known_set, encoding="utf-8") as file:
    for known in json.load(file):
        if "timestamp" in known:
            known["timestamp"] = datetime.fromisoformat(known["timestamp"])
        capture(**known)

capture("surrogates", properties={"mark": "surrogates", "half": "a\ud83db", "other": "\ude00"})
capture("types", properties={"mark": "types", "decimal": Decimal("1.10"), "uuid": UUID(int=7), "date": datetime(2026, 3, 1)})
capture("in groups", groups={"company": "c-1"}, properties={"mark": "groups"})
if "nan" in modes:
    capture("nan", properties={"mark": "nan", "nan": float("nan"), "most": float("inf"), "least": float("-inf"), "text": "NaN"})
for i in range(30):
    capture("many", f"many-{i % 7}", properties={"mark": f"m-{i}"})
if hasattr(client, "identify"):
    client.identify("user-1", {"plan": "größer 🎉"})
client.set(distinct_id="user-1", properties={"plan": "free"})
client.set_once(distinct_id="user-1", properties={"first": True})
client.group_identify("company", "c-1", {"seats": 3})
client.alias("anonymous-1", "user-1")
if hasattr(client, "capture_exception"):
    try:
        raise ValueError("broken 🎉")
    except ValueError as error:
        client.capture_exception(error, distinct_id="user-1", properties={"mark": "exception"})
client.shutdown()
