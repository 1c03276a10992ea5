"""The tables of the model card: `card.py PROBLEMS.jsonl RECORDS.jsonl`, the records from `espalier solve --json` with
any programs. Accuracy with 95 % intervals, and the difference to plain majority on the same problems (`sc` with
vote=majority), paired; both by bootstrap over problems (10,000 draws, fixed seed). `--by-steps` adds columns."""
import argparse
import collections
import json

import numpy as np

DRAWS = 10_000


def read(path: str) -> list[dict]:
    with open(path) as file:
        return [json.loads(line) for line in file]


def interval(values: np.ndarray) -> tuple[float, float]:
    """95 % of the mean."""
    drawn = np.random.default_rng(1).integers(0, len(values), (DRAWS, len(values)))
    low, high = np.percentile(values[drawn].mean(1), [2.5, 97.5])
    return float(low), float(high)


def percent(values: np.ndarray) -> str:
    low, high = interval(values)
    return f"{100 * values.mean():.1f} ({100 * low:.1f}–{100 * high:.1f})"


def is_majority(program: str) -> bool:
    return program.startswith("sc") and "vote=weighted" not in program


def rows_of(records: list[dict]) -> dict[str, dict[str, float]]:
    """Method -> problem id -> share of right answers."""
    rows: dict[str, dict[str, float]] = collections.defaultdict(dict)
    for record in records:
        if "summary" in record:
            continue
        program = record["program"]
        scored = "vote=weighted" in program or program.startswith("bon")
        reward = f" [{record['reward']}]" if scored and "reward=" not in program else ""
        rows[program + reward][record["id"]] = float(record["correct"])
        if is_majority(program):
            right = [b["answer"] == record["gold"] for b in record["branches"]]
            rows[f"mean of the {len(right)} samples"][record["id"]] = float(np.mean(right))
            rows[f"pass@{len(right)}"][record["id"]] = float(any(right))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems")
    parser.add_argument("records")
    parser.add_argument("--by-steps", action="store_true")
    options = parser.parse_args()
    steps = {p["id"]: p["steps"] for p in read(options.problems)}
    rows = rows_of(read(options.records))
    majority = next((of for name, of in rows.items() if is_majority(name)), None)
    lengths = sorted(set(steps.values())) if options.by_steps else []
    print("| method | all | against majority |" + "".join(f" {n} steps |" for n in lengths))
    print("|---|---|---|" + "---|" * len(lengths))
    for name, of in rows.items():
        values = np.array(list(of.values()))
        line = f"| `{name}` | {percent(values)} |" if not name.startswith(("mean", "pass")) else \
            f"| {name} | {percent(values)} |"
        if majority is None or of is majority:
            line += " |"
        else:
            gain = np.array([of[i] - majority[i] for i in of])
            low, high = interval(gain)
            line += f" {100 * gain.mean():+.1f} ({100 * low:+.1f} to {100 * high:+.1f}) |"
        for length in lengths:
            line += f" {100 * np.mean([v for i, v in of.items() if steps[i] == length]):.0f} |"
        print(line)
    print(f"\n{len(steps)} problems, in %; intervals 95 %.")


if __name__ == "__main__":
    main()
