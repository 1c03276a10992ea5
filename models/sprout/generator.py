"""Plain-English word problems of several steps, with their solutions.

A problem is a start ("Ben has 12 coins."), a number of events that each change the count, and a
question. A solution has one line per event that matters, one or two exact equations in each
("3*14=42 ; 23+42=65"), and the line "Answer : 65". Everything is drawn from the `random.Random` that
the caller hands in, so a seed names a problem for good.

Difficulty is the number of steps and the size of the numbers (`largest`: no count ever exceeds it).

The sets are disjoint by construction: `part_of` sorts a problem into training, validation or test by
a hash of its text, and `draw` looks for a problem of the part that is asked for.
"""
import hashlib
import json
import random
import sys
from typing import Callable, NamedTuple

NAMES = "Ana Ben Cara Dan Eva Finn Gina Hugo Iris Jack".split()
THINGS = "apples books coins cards shells stamps pens stones".split()
MORE_NAMES = "Tom Mia Sam Lucy Max Nina Omar Paul Rosa Tina Emma Liam Noah Sara Kim Leo John Mary".split()
MORE_THINGS = ("marbles pencils eggs cookies stickers oranges balls flowers toys candies pears nuts "
               "beads buttons cakes fish").split()
COUNT_WORDS = {2: "two", 3: "three", 4: "four", 5: "five"}


class Problem(NamedTuple):
    question: str
    steps: list[str]   # one line of equations per step
    answer: int

    def solution(self) -> str:
        return "\n".join(self.steps) + f"\nAnswer : {self.answer}"


class Scene(NamedTuple):
    """What an event may speak of. `count` is what `who` has before it."""
    rng: random.Random
    who: str
    other: str
    thing: str
    count: int


# An event is a sentence and its equations, or None where it does not fit the count. The value of the
# last equation is the new count.
Event = tuple[str, list[tuple[int, str, int]]] | None


def _gain(s: Scene) -> Event:
    n = s.rng.randint(3, 199)
    text = s.rng.choice([
        f"{s.who} buys {n} more {s.thing}.", f"{s.who} buys {n} more {s.thing}.",
        f"{s.who} finds {n} {s.thing}.", f"{s.other} gives {s.who} {n} {s.thing}.",
        f"{s.who} gets {n} more {s.thing} from {s.other}.", f"Then {s.who} buys {n} {s.thing}."])
    return text, [(s.count, "+", n)]


def _loss(s: Scene) -> Event:
    if s.count < 6:
        return None
    n = s.rng.randint(2, min(s.count - 1, 199))
    text = s.rng.choice([
        f"{s.who} loses {n} {s.thing}.", f"{s.who} loses {n} {s.thing}.",
        f"{s.who} gives {n} {s.thing} to {s.other}.", f"{s.who} sells {n} {s.thing}.",
        f"{s.who} gives {s.other} {n} of the {s.thing}.", f"Then {s.who} loses {n} of the {s.thing}."])
    return text, [(s.count, "-", n)]


def _groups(s: Scene) -> tuple[int, int]:
    return s.rng.randint(2, 9), s.rng.randint(3, 49)


def _gain_groups(s: Scene) -> Event:
    n, each = _groups(s)
    box = s.rng.choice(["bags", "boxes", "packs"])
    text = s.rng.choice([
        f"{s.who} gets {n} bags with {each} {s.thing} in each.",
        f"{s.who} gets {n} {box} with {each} {s.thing} in each.",
        f"{s.who} buys {n} {box} of {each} {s.thing}.",
        f"Every day for {n} days {s.who} finds {each} {s.thing}."])
    return text, [(n, "*", each), (s.count, "+", n * each)]


def _lose_groups(s: Scene) -> Event:
    n, each = _groups(s)
    if n * each >= s.count:
        return None
    box = s.rng.choice(["bags", "boxes", "packs"])
    text = s.rng.choice([
        f"{s.who} sells {n} boxes with {each} {s.thing} in each.",
        f"{s.who} sells {n} {box} with {each} {s.thing} in each.",
        f"{s.who} gives away {n} {box} of {each} {s.thing}.",
        f"Every day for {n} days {s.who} sells {each} {s.thing}."])
    return text, [(n, "*", each), (s.count, "-", n * each)]


def _multiply(s: Scene) -> Event:
    n = s.rng.choice([2, 2, 3, 3, 4])
    verb = {2: "doubles", 3: "triples"}.get(n)
    if verb is None:
        return f"Then {s.who} has {n} times as many {s.thing} as before.", [(s.count, "*", n)]
    return s.rng.choice([f"Then the number of {s.thing} {verb}.", f"The number of {s.thing} {verb}."]), \
        [(s.count, "*", n)]


def _halve(s: Scene) -> Event:
    if s.count % 2 or s.count < 4:
        return None
    text = s.rng.choice([f"{s.who} gives away half of the {s.thing}.", f"{s.who} gives away half of the {s.thing}.",
                         f"{s.who} loses half of the {s.thing}.", f"{s.who} sells half of the {s.thing}."])
    return text, [(s.count, "/", 2)]


def _share(s: Scene) -> Event:
    n = s.rng.randint(2, 9)
    if s.count % n or s.count // n < 2:
        return None
    return s.rng.choice([
        f"{s.who} shares the {s.thing} equally among {n} people and keeps one part.",
        f"{s.who} shares the {s.thing} equally among {n} people and keeps one part.",
        f"{s.who} splits the {s.thing} into {n} equal parts and keeps one."]), [(s.count, "/", n)]


def _lose_part(s: Scene) -> Event:
    n, word = s.rng.choice([(3, "third"), (4, "quarter")])
    if s.count % n:
        return None
    verb = s.rng.choice(["gives away", "loses", "sells"])
    return f"{s.who} {verb} a {word} of the {s.thing}.", \
        [(s.count, "/", n), (s.count, "-", s.count // n)]


def _gift_times(s: Scene) -> Event:
    n, each = s.rng.randint(2, 6), s.rng.randint(3, 30)
    return f"{s.other} has {each} {s.thing} and gives {s.who} {n} times as many as that.", \
        [(each, "*", n), (s.count, "+", each * n)]


def _gift_more(s: Scene) -> Event:
    n = s.rng.randint(2, 49)
    return f"{s.other} has {n} more {s.thing} than {s.who} and gives {s.who} all of them.", \
        [(s.count, "+", n), (s.count, "+", s.count + n)]


def _gift_sum(s: Scene) -> Event:
    a, b = s.rng.randint(3, 99), s.rng.randint(3, 99)
    third = s.rng.choice([x for x in NAMES if x not in (s.who, s.other)])
    return f"{s.other} gives {s.who} {a} {s.thing} and {third} gives {s.who} {b} {s.thing}.", \
        [(a, "+", b), (s.count, "+", a + b)]


# Weights: the ten forms of the design in front, the others a third of all.
EVENTS: list[tuple[int, Callable[[Scene], Event]]] = [
    (4, _gain), (4, _loss), (4, _gain_groups), (4, _lose_groups), (6, _multiply), (4, _halve), (4, _share),
    (3, _gift_times), (2, _lose_part), (1, _gift_more), (1, _gift_sum)]

_OPERATIONS = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a // b}


def _event(scene: Scene, largest: int) -> tuple[str, str, int]:
    """A sentence, its step and the new count, which stays within 1 to `largest`."""
    while True:
        made = scene.rng.choices([e for _, e in EVENTS], [w for w, _ in EVENTS])[0](scene)
        if made is None:
            continue
        sentence, equations = made
        values = [_OPERATIONS[o](a, b) for a, o, b in equations]
        if all(1 <= v <= largest for v in values):
            step = " ; ".join(f"{a}{o}{b}={v}" for (a, o, b), v in zip(equations, values))
            return sentence, step, values[-1]


def _word(rng: random.Random, capital: bool) -> str:
    """A word that no list holds, spelled in letters: the model must not depend on the lists."""
    word = "".join(rng.choice("bcdfghklmnprstvw") + rng.choice("aeiou") for _ in range(rng.randint(1, 3)))
    return word.capitalize() if capital else word + "s"


def problem(rng: random.Random, steps: int, largest: int = 1999, strange: float = 0.0) -> Problem:
    """Draws a problem of `steps` steps. `strange` is the chance of each liberty beyond the plain forms:
    other names, other things, a sentence that changes nothing, spaces before the punctuation."""
    names, things = NAMES, THINGS
    if rng.random() < strange:
        names = [_word(rng, True) for _ in range(3)] if rng.random() < 0.3 else NAMES + MORE_NAMES
    if rng.random() < strange:
        things = [_word(rng, False)] if rng.random() < 0.3 else MORE_THINGS
    who, thing = rng.choice(names), rng.choice(things)
    others = [n for n in names if n != who] or NAMES
    count = rng.randint(5, 99)
    sentences = [rng.choice([f"{who} has {count} {thing}."] * 4 + [f"{who} starts with {count} {thing}."])]
    lines = []
    for _ in range(steps):
        sentence, line, count = _event(Scene(rng, who, rng.choice(others), thing, count), largest)
        sentences.append(sentence)
        lines.append(line)
    if rng.random() < strange / 2:
        idle = rng.choice(others)
        other_thing = rng.choice([t for t in THINGS if t != thing])
        sentences.insert(rng.randint(1, len(sentences)), f"{idle} has {rng.randint(2, 199)} {other_thing}.")
    sentences.append(rng.choice([f"How many {thing} does {who} have?"] * 3 + [
        f"How many {thing} does {who} have now?", f"How many {thing} does {who} have in the end?"]))
    question = " ".join(sentences)
    if rng.random() < strange / 2:
        question = question.replace(".", " .").replace("?", " ?")
    return Problem(question, lines, count)


def part_of(question: str) -> str:
    """train (98 %), validation (1 %) or test (1 %), by a hash of the text."""
    bucket = int.from_bytes(hashlib.sha256(question.encode()).digest()[:4], "big") % 100
    return {0: "validation", 1: "test"}.get(bucket, "train")


def draw(rng: random.Random, part: str, steps: int, largest: int = 1999, strange: float = 0.0) -> Problem:
    """The next problem of `part`."""
    while True:
        drawn = problem(rng, steps, largest, strange)
        if part_of(drawn.question) == part:
            return drawn


def equation(rng: random.Random, largest: int = 1999) -> str:
    """One equation as the solutions have them, without a story: arithmetic to practise on."""
    while True:
        o = rng.choice("++--**/")
        if o == "*":
            a, b = (rng.randint(2, 9), rng.randint(3, 49)) if rng.random() < 0.5 else \
                (rng.randint(3, largest // 2), rng.randint(2, 6))
        elif o == "/":
            b = rng.randint(2, 9)
            a = b * rng.randint(2, largest // b)
        else:
            a, b = rng.randint(5, largest), rng.randint(2, 450)
            if rng.random() < 0.3:
                a = rng.randint(5, 300)
        value = _OPERATIONS[o](a, b)
        if 1 <= value <= largest:
            return f"{a}{o}{b}={value}"


def main() -> None:
    """generator.py PART SEED STEPS COUNT: a file of COUNT different problems on standard output.
    STEPS is a number or a range such as 4-5, which is gone through in turn."""
    part, seed, steps, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    low, _, high = steps.partition("-")
    lengths = range(int(low), int(high or low) + 1)
    rng = random.Random(f"{part}:{seed}:{steps}")
    seen: set[str] = set()
    while len(seen) < count:
        length = lengths[len(seen) % len(lengths)]
        drawn = draw(rng, part, length)
        if drawn.question in seen:
            continue
        seen.add(drawn.question)
        print(json.dumps({"id": f"{part}-{seed}-{len(seen)}", "steps": length, "question": drawn.question,
                          "answer": f"{drawn.solution()}\n#### {drawn.answer}"}))


if __name__ == "__main__":
    main()
