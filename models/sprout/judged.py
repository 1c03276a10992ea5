"""Sampled solutions, judged by machine, as rows to train the scorer on. Solutions of a problem that are the same, word
for word, are one with the weight of all.

A step is right if it and all before it are: its equations are exact and it reaches the count that the
problem's own solution has after that step. Labels are for every token: inside the first wrong step, a token
is right up to where the step departs from the problem's solution.
"""
import collections
import json
import pathlib
import random
import re
from typing import Iterator, NamedTuple

import numpy as np

import vocabulary

_EQUATION = re.compile(r"(\d+)([-+*/])(\d+)=(\d+)")


def _is_exact(equation: re.Match) -> bool:
    a, o, b, c = int(equation[1]), equation[2], int(equation[3]), int(equation[4])
    return {"+": a + b == c, "-": a - b == c, "*": a * b == c, "/": b * c == a}[o]


def _is_right(line: str, reference: str) -> bool:
    if line == reference:
        return True
    parts = [_EQUATION.fullmatch(p) for p in line.split(" ; ")]
    return all(p and _is_exact(p) for p in parts) and parts[-1][4] == reference.rsplit("=", 1)[-1]


class Judged(NamedTuple):
    tokens: list[int]
    labels: list[int]    # 1: right so far
    ends: list[int]      # 1: the last token of a step
    count: int           # how many samples were this one


def judge(text: str, reference: list[str], count: int) -> Judged:
    """`reference`: the lines of the problem's own solution, the answer's line included."""
    tokens, labels, ends = [], [], []
    right = True
    for number, line in enumerate(text.split("\n")):
        ids = vocabulary.encode(line)
        expected = vocabulary.encode(reference[number]) if number < len(reference) else []
        whole = right and number < len(reference) and _is_right(line, reference[number])
        same = len(ids)
        if not whole:
            same = next((i for i, (a, b) in enumerate(zip(ids, expected)) if a != b), min(len(ids), len(expected)))
            same = same if right else 0
        if not whole and same == len(ids) and ids:
            same -= 1  # broken off: wrong at its end
        tokens += ids + [vocabulary.encode("\n")[0]]
        labels += [1] * same + [0] * (len(ids) - same) + [int(whole)]
        ends += [0] * (len(ids) - 1) + [1] * bool(ids) + [0]
        right = whole
    return Judged(tokens[:-1], labels[:-1], ends[:-1], count)


def read(problems: pathlib.Path, solved: pathlib.Path) -> Iterator[tuple[list[int], list[Judged]]]:
    """The prompt and the judged solutions of each problem of the records of `espalier solve --json`."""
    with open(problems) as file:
        by_id = {p["id"]: p for p in map(json.loads, file)}
    with open(solved) as file:
        for record in map(json.loads, file):
            if "summary" in record:
                continue
            problem = by_id[record["id"]]
            reference = problem["answer"].split("\n")[:-1]  # without the "####" line
            texts = collections.Counter(b["text"] for b in record["branches"] if b["end"] == "end")
            judged = [judge(text, reference, count) for text, count in texts.items()]
            yield vocabulary.prompt(problem["question"]), judged


class Rows(NamedTuple):
    """A prompt once and several solutions behind it, in each row; [rows, length] each."""
    tokens: np.ndarray
    positions: np.ndarray   # solutions start where the prompt ends, all of them
    branches: np.ndarray    # 0: prompt, then one number per solution, -1: nothing
    labels: np.ndarray
    counts: np.ndarray      # of the solution that the token belongs to; 0 elsewhere
    ends: np.ndarray        # 1 where a step ends


def pack(examples: list[tuple[list[int], list[Judged]]], length: int, rng: random.Random) -> Rows:
    """All examples in shuffled rows. Solutions that do not fit in a row of their own are left out."""
    made = []
    for prompt, solutions in examples:
        row, used = [], len(prompt)
        for solution in solutions:
            if row and used + len(solution.tokens) > length:
                made.append((prompt, row))
                row, used = [], len(prompt)
            if used + len(solution.tokens) <= length:
                row.append(solution)
                used += len(solution.tokens)
        if row:
            made.append((prompt, row))
    rng.shuffle(made)
    shape = (len(made), length)
    rows = Rows(np.full(shape, vocabulary.PAD, np.int32), np.zeros(shape, np.int32), np.full(shape, -1, np.int32),
                *(np.zeros(shape, np.float32) for _ in range(3)))
    for i, (prompt, solutions) in enumerate(made):
        at = len(prompt)
        rows.tokens[i, :at], rows.positions[i, :at], rows.branches[i, :at] = prompt, np.arange(at), 0
        for branch, solution in enumerate(solutions, 1):
            end = at + len(solution.tokens)
            rows.tokens[i, at:end], rows.branches[i, at:end] = solution.tokens, branch
            rows.positions[i, at:end] = len(prompt) + np.arange(end - at)
            rows.labels[i, at:end], rows.ends[i, at:end] = solution.labels, solution.ends
            rows.counts[i, at:end] = solution.count
            at = end
    return rows
