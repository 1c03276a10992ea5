"""Which bars there are, and how bars.py prints them. A bar is a dictionary:

    work, model, bar, stretch   what is asked
    figures                     engine: best of the rounds, in `unit`
    value                       what is held against bar and stretch, and `met`
    spread                      engine: (worst, best) of the rounds
"""

import datetime
import platform
from pathlib import Path


def make_bar(work, model, value, bar, stretch=None, at_most=False, **more):
    def passes(limit):
        return value <= limit if at_most else value >= limit

    met = "stretch" if stretch is not None and passes(stretch) else "yes" if passes(bar) else "no"
    named = {"work": work, "model": model, "value": round(value, 4), "bar": bar, "stretch": stretch}
    return named | {"met": met, "at_most": at_most} | more


def ratio_bar(work, model, figures, key, field, bar, stretch, peers):
    """Espalier's best over the best of those `peers` that were measured; none: no bar."""
    rounds = {name: [row[field] for row in rows[key]] for name, rows in figures.items() if rows[key]}
    others = {name: max(values) for name, values in rounds.items() if name in peers}
    if not others:
        return []
    best = {name: max(values) for name, values in rounds.items()}
    return [
        make_bar(
            work,
            model,
            best["Espalier"] / max(others.values()),
            bar,
            stretch,
            unit="tokens/s",
            figures=best,
            spread={name: (min(values), max(values)) for name, values in rounds.items()},
        )
    ]


def model_bars(model, measured):
    figures, wide, rows = measured["figures"], measured["wide"], measured["rows"]
    small = model == "0.5B"  # OpenVINO does not read it
    peers = ["llama.cpp"] if small else ["llama.cpp", "OpenVINO"]
    prefill_bar, decode_bar = ((3, 5), (3, 5)) if small else ((1.3, 2), (1.5, 2.5))
    bars = []
    for length in (128, 512):
        bars += ratio_bar(f"prefill {length}", model, figures, (length, 1), "prefill_tps", *prefill_bar, peers)
    bars += ratio_bar("decode, 32 branches", model, figures, (128, 32), "decode_tps", *decode_bar, peers)
    stretch = None if model == "1.5B" else 1.2
    bars += ratio_bar("decode, 1 branch", model, figures, (128, 1), "decode_tps", 1.0, stretch, ["llama.cpp"])
    single = max(figures["Espalier"][128, 1], key=lambda row: row["decode_tps"])
    bandwidth = max(row["read_bandwidth"] for row in rows)
    reads = single["decode_tps"] * single["model_bytes"] / bandwidth
    if stretch:
        detail = f"of {bandwidth / 1e9:.1f} GB/s"
        bars.append(make_bar("1 branch, share of reads", model, reads, 0, 0.85, percent=True, detail=detail))
    share = wide["scheduling_share"] + wide["sampling_share"]
    detail = f"sampling {100 * wide['sampling_share']:.2f} %"
    bars.append(make_bar("64 branches, scheduling and sampling", model, share, 0.03, 0.01, True, percent=True, detail=detail))
    limit = 1.25 * (wide["file_bytes"] + wide["kv_bytes"])
    detail = f"{wide['resident_bytes'] / 1e6:.0f} MB of {limit / 1e6:.0f} MB"
    size = wide["resident_bytes"] / limit
    bars.append(make_bar("64 branches, memory over file + KV + 25 %", model, size, 1, None, True, detail=detail))
    if model == "1.5B":
        seconds = min(row["load_seconds"] for row in rows)
        bars.append(make_bar("load, seconds", model, seconds, 5, None, True))
    return bars


def attention_bars(rows):
    """64 branches on a shared prefix of 2,000 tokens: time without sharing, each branch with a copy of the prefix, over
    time with it. The detail: the same where only the work is not shared, and the bytes that are read."""
    bars = []
    for name, shared in sorted((rows or {}).items()):
        if not name.endswith("/shared"):
            continue
        kind = name.removesuffix("shared")
        value = rows[kind + "copies"]["real_time"] / shared["real_time"]
        detail = f"same pages, work not shared: {rows[kind + 'ignored']['real_time'] / shared['real_time']:.2f}"
        if "read_MB" in shared:
            detail += f"; reads {shared['read_MB']:.2f} MB instead of {rows[kind + 'copies']['read_MB']:.1f} MB"
        bars.append(make_bar("attention, 64 on 2,000 shared", name.split("/")[0], value, 3, 6, detail=detail))
    return bars


def matmul_bars(rows):
    """The worst shape of each stored type."""
    worst = {}
    for name, row in (rows or {}).items():
        share = row.get("int8_peak_%", 0) / 100
        kind = name.split("/")[1]
        if kind not in worst or share < worst[kind][0]:
            worst[kind] = (share, "/".join(name.split("/")[2:]))
    return [
        make_bar("matmul, 32 rows or more, of int8 peak", kind, share, 0.5, 0.7, percent=True, detail=f"worst: {shape}")
        for kind, (share, shape) in worst.items()
    ]


def show(value, bar):
    if value is None:
        return ""
    if bar.get("percent"):
        return "" if value == 0 else f"{100 * value:.1f} %"
    return f"{value:.2f}"


def cells(bar):
    figures = bar.get("figures", {})
    numbers = [f"{figures[name]:.1f}" if name in figures else "" for name in ("Espalier", "llama.cpp", "OpenVINO")]
    return [bar["work"], bar["model"], *numbers, show(bar["value"], bar), show(bar["bar"], bar)] + [
        show(bar["stretch"], bar),
        "" if bar["bar"] == 0 and bar["met"] == "yes" else bar["met"],
        bar.get("detail", ""),
    ]


def processor():
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def render(bars, options):
    """Markdown."""
    head = ["work", "model", "Espalier", "llama.cpp", "OpenVINO", "value", "bar", "stretch", "met", ""]
    lines = [
        f"{processor()}, {options.threads} threads, {datetime.date.today()}; tokens/s, best of {options.rounds} "
        "rounds in which the engines take turns; the value of a row with peers is the ratio to the better one.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
    ]
    return "\n".join(lines + ["| " + " | ".join(cells(bar)) + " |" for bar in bars])
