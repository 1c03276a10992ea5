#!/usr/bin/env python3
"""Fills in the column math_verify of grading_own.tsv: what math-verify 0.9.0 says of each pair.

    pip install math-verify==0.9.0 antlr4-python3-runtime==4.13.2
    tests/golden/make_grading_cases.py [--check]

It also writes the table at the end of docs/grading.md: all pairs of both files where math-verify and the human differ.

The cases and the column `human` are written by hand, before any grader has seen them. A bare answer (`ans`) is given
to math-verify in \\boxed{}, a whole response (`resp`) as it is, and the gold answer in \\boxed{}. The script names
rows where math-verify and the human differ and `note` gives no reason, and with --check changes nothing but compares
grading_cases.tsv too, whose column `equal` was made the same way.
"""

import csv
import pathlib
import sys

from math_verify import parse, verify

FOLDER = pathlib.Path(__file__).parent
GUIDE = FOLDER.parent.parent / "docs" / "grading.md"
TABLE = "| case | answer | gold | human | math-verify | reason |\n|---|---|---|---|---|---|\n"

# Why math-verify is wrong in grading_cases.tsv, whose own notes do not say it.
GIVEN_REASONS = {
    "G049": "units that both sides name must agree",
    "G064": "no decimal is an irrational number",
    "G101": "an inequality in one variable is its set of solutions",
    "G102": "an inequality in one variable is its set of solutions",
    "G112": "an ordered pair is no set",
    "G137": "j is the imaginary unit where the other side has i",
    "G140": "e of a floating-point number, not of Euler",
    "G152": "the last box is the answer; math-verify merges both",
    "G172": "a list, not a decimal comma",
}


def read(name):
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n"))
    return rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def verdict(row):
    gold = parse("\\boxed{" + row["gold"] + "}")
    pred = parse(row["pred"] if row["kind"] == "resp" else "\\boxed{" + row["pred"] + "}")
    return str(int(verify(gold, pred)))


def cell(text):
    return "`" + text.replace("|", "\\|") + "`" if text else ""


def write_table(own):
    lines = []
    for row in read("grading_cases.tsv")[1]:
        if row["equal"] != row["human"]:
            lines.append((row, row["equal"], GIVEN_REASONS[row["id"]]))
    lines += [(row, row["math_verify"], row["note"]) for row in own if row["math_verify"] != row["human"]]
    table = "".join(
        f"| {row['id']} | {cell(row['pred'])} | {cell(row['gold'])} | {row['human']} | {found} | {reason} |\n"
        for row, found, reason in lines
    )
    text = GUIDE.read_text(encoding="utf-8")
    GUIDE.write_text(text[: text.index(TABLE)] + TABLE + table, encoding="utf-8")


def main():
    check = sys.argv[1:] == ["--check"]
    header, rows = read("grading_own.tsv")
    failed = 0
    for row in rows:
        found = verdict(row)
        if check and found != row["math_verify"]:
            failed += 1
            print(f"{row['id']}: math-verify says {found}, the file {row['math_verify']}")
        row["math_verify"] = found
        if found != row["human"] and row["note"] == "-":
            failed += 1
            print("no reason:", row["id"], row["pred"], "|", row["gold"], "| human", row["human"])
    if check:
        for row in read("grading_cases.tsv")[1]:
            if verdict(row) != row["equal"]:
                failed += 1
                print(f"{row['id']}: math-verify says {verdict(row)}, the file {row['equal']}")
    else:
        lines = ["\t".join(header)] + ["\t".join(row[name] for name in header) for row in rows]
        (FOLDER / "grading_own.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        write_table(rows)
    return failed


if __name__ == "__main__":
    sys.exit(main() > 0)
