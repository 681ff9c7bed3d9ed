"""Draws spend by day and campaign as stacked bars. It reads rows as lines of JSON from stdin.

It runs in an environment with matplotlib. Usage: `chart.py FILE.png`
"""

import json
import sys
from collections import defaultdict

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402, the backend has to be chosen first

rows = [json.loads(line) for line in sys.stdin]
days = sorted({row["day"] for row in rows})
spend = defaultdict(lambda: dict.fromkeys(days, 0.0))
for row in rows:
    spend[row["campaign"]][row["day"]] += row["spend"]

figure, axes = pyplot.subplots(figsize=(9, 3.6), dpi=110)
below = [0.0] * len(days)
labels = [day[5:] for day in days]
for campaign, by_day in sorted(spend.items(), key=lambda item: -sum(item[1].values())):
    axes.bar(labels, by_day.values(), bottom=below, label=campaign, width=0.8)
    below = [low + high for low, high in zip(below, by_day.values())]
axes.set_title(f"Spend by day and campaign, {days[0]} to {days[-1]}", loc="left")
axes.set_xticks(labels[::3])
axes.spines[["top", "right"]].set_visible(False)
axes.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
figure.tight_layout()
figure.savefig(sys.argv[1])
