"""The embedded model: its generator, its tokenizer, and that it answers what llama.cpp answers with it."""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "models", "sprout")
sys.path.insert(0, FOLDER)

import command_line  # noqa: E402
import generator  # noqa: E402
import vocabulary  # noqa: E402
from command_line import CommandLineTest, path  # noqa: E402

BUNDLED = os.path.join(ROOT, "benchmarks", "data", "sprout_test_300.jsonl")
EQUATION = re.compile(r"(\d+)([-+*/])(\d+)=(\d+)")
OPERATIONS = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}

# The sentences that the model reads whatever else it reads, as patterns.
FORMS = [
    r"Ben has 12 coins\.", r"Ben buys \d+ more coins\.", r"Ben loses \d+ coins\.",
    r"Ben gets \d+ bags with \d+ coins in each\.", r"Ben sells \d+ boxes with \d+ coins in each\.",
    r"Then the number of coins doubles\.", r"Then the number of coins triples\.",
    r"Ben gives away half of the coins\.",
    r"Ben shares the coins equally among \d+ people and keeps one part\.",
    r"Eva has \d+ coins and gives Ben \d+ times as many as that\.", r"How many coins does Ben have\?",
]  # fmt: skip


def bundled():
    with open(BUNDLED, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def general(question):
    """The sentence forms of a question with the names and the thing of FORMS."""
    who, first, thing = re.match(r"(\w+) \w+(?: with)? (\d+) (\w+)", question).groups()
    question = question.replace(thing, "coins").replace(who, "Ben").replace(f"Ben has {first} ", "Ben has 12 ", 1)
    return re.sub(r"\b(Ana|Cara|Dan|Finn|Gina|Hugo|Iris|Jack)\b", "Eva", question)


class Generator(unittest.TestCase):
    def test_solutions_are_right(self):
        rng = random.Random(3)
        for _ in range(3000):
            steps = rng.randint(1, 7)
            drawn = generator.problem(rng, steps, strange=0.2)
            self.assertEqual(len(drawn.steps), steps)
            for line in drawn.steps:
                for equation in line.split(" ; "):
                    a, operation, b, c = EQUATION.fullmatch(equation).groups()
                    self.assertEqual(OPERATIONS[operation](int(a), int(b)), int(c), drawn)
                    self.assertTrue(1 <= int(c) <= 1999, drawn)
            self.assertEqual(int(drawn.steps[-1].rsplit("=", 1)[1]), drawn.answer)

    def test_every_form_occurs(self):
        rng = random.Random(4)
        text = "\n".join(general(generator.problem(rng, 5).question) for _ in range(3000))
        for form in FORMS:
            self.assertRegex(text, form)

    def test_sets_are_disjoint_and_repeatable(self):
        parts = {}
        for part in ("train", "validation", "test"):
            rng = random.Random(5)
            parts[part] = {generator.draw(rng, part, 2).question for _ in range(200)}
            self.assertTrue(all(generator.part_of(question) == part for question in parts[part]))
        self.assertFalse(parts["train"] & parts["test"] or parts["train"] & parts["validation"])

    def test_bundled_problems_are_what_the_generator_writes(self):
        command = [sys.executable, "-B", os.path.join(FOLDER, "generator.py"), "test", "1", "4-5", "300"]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        with open(BUNDLED, encoding="utf-8") as file:
            self.assertEqual(out, file.read())
        questions = [problem["question"] for problem in bundled()]
        self.assertEqual(len(set(questions)), 300)
        self.assertTrue(all(generator.part_of(question) == "test" for question in questions))


class Tokenizer(CommandLineTest):
    def test_training_and_engine_agree(self):
        rng = random.Random(6)
        texts = ["Zoe has 5 marbles .", " Answer : 65\n\n", "Ben", " Ben", "12+3=15 ; 15*2=30\nAnswer : 30"]
        for _ in range(300):
            drawn = generator.problem(rng, 3, strange=0.5)
            texts.append(drawn.question + "\n" + drawn.solution())
        file = path("sprout.txt", "@@".join(texts))
        (line,) = self.json_lines("tokenize", "--model", "sprout", "--file", file, "--separator", "@@")
        self.assertEqual(line["ids"], [vocabulary.encode(text) for text in texts])
        for text, ids in zip(texts, line["ids"]):
            self.assertEqual(vocabulary.decode(ids), text)


class Answers(CommandLineTest):
    def test_greedy_answers_are_those_of_llama_cpp(self):
        with open(os.path.join(ROOT, "tests", "golden", "sprout_greedy.json"), encoding="utf-8") as file:
            golden = json.load(file)
        program = ["--program", "cot", "--limit", str(len(golden))]
        *records, last = self.json_lines("solve", "--model", "sprout", "--file", BUNDLED, *program)
        for record, expected in zip(records, golden):
            self.assertEqual(record["id"], expected["id"])
            self.assertEqual(record["branches"][0]["text"], expected["text"])
            self.assertEqual(record["tokens"]["prefill"], len(expected["prompt"]))
        self.assertTrue(0.5 <= last["summary"]["accuracy"] <= 0.8, last)

    def test_the_checker_is_its_scorer_and_lifts_the_vote(self):
        programs = "sc:n=8,temperature=1,stop_rule=none;sc:n=8,vote=weighted,temperature=1"
        arguments = ["--file", BUNDLED, "--limit", "40", "--program", programs]
        *records, majority, weighted = self.json_lines("solve", "--model", "sprout", *arguments)
        self.assertEqual({record["reward"] for record in records}, {"checker"})
        self.assertEqual({record["prompt"]["format"] for record in records}, {"steps"})
        self.assertGreater(weighted["summary"]["correct"], majority["summary"]["correct"])

    def test_the_learned_scorer_tells_right_from_wrong(self):
        arguments = ["--file", BUNDLED, "--limit", "24", "--program", "bon:n=4,stop_rule=none,temperature=1"]
        *records, last = self.json_lines("solve", "--model", "sprout", "--reward", "sprout-scorer", *arguments)
        self.assertEqual(records[0]["reward"], "sprout-scorer")
        self.assertGreater(last["summary"]["tokens"]["aggregation"], 0)
        right, wrong = [], []
        for record in records:
            for branch in record["branches"]:
                self.assertEqual(len(branch["step_scores"]), len(branch["text"].split("\n")))
                (right if branch["answer"] == record["gold"] else wrong).append(min(branch["step_scores"]))
        pairs = [a > b for a in right for b in wrong]
        self.assertGreater(sum(pairs) / len(pairs), 0.6)  # 0.77 of different solutions, held out


class Training(unittest.TestCase):
    def test_a_short_run_repeats_and_resumes_to_the_same_file(self):
        try:
            import gguf  # noqa: F401
            import jax  # noqa: F401
        except ImportError:
            self.skipTest("SKIPPED: pip install -r models/sprout/requirements.txt")
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name, stops in (("whole", ["6"]), ("parted", ["4", "6"])):
                checkpoint = os.path.join(folder, name + ".pkl")
                files.append(os.path.join(folder, name + ".gguf"))
                for stop in stops:
                    options = ["--out", checkpoint, "--steps", "8", "--stop-at", stop, "--rows", "2", "--length", "96"]
                    self.call("train.py", *options)
                self.call("export.py", checkpoint, files[-1])
            contents = [open(file, "rb").read() for file in files]
            self.assertEqual(contents[0], contents[1])

    def call(self, script, *arguments):
        subprocess.run([sys.executable, "-B", os.path.join(FOLDER, script), *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    command_line.main()
