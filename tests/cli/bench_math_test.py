"""bench math: records that a kill does not lose, the same bytes in the end, arguments checked first."""

import json
import os
import random
import signal
import time
import unittest

import command_line
from command_line import CommandLineTest, path, problems, run, start

SECONDS = 60


class BenchMath(CommandLineTest):
    def arguments(self, name, *more, count=12):
        """The command for a folder of that name."""
        file = problems("math.jsonl", [f"What is {number} plus 4?" for number in range(count)])
        programs = ["--programs", "cot:max_tokens=40;sc:n=3,max_tokens=40"]
        command = ["bench", "math", "--model", command_line.MODEL, "--dataset", file, *programs]
        return [*command, "--out", path(name), *more]

    def results(self, name):
        with open(os.path.join(path(name), "results.jsonl"), "rb") as file:
            return file.read()

    def run_whole(self, name, *more, **options):
        code, out, err = run(*self.arguments(name, *more, **options))
        self.assertEqual(code, 0, err)
        return out

    def test_table_and_json(self):
        table = self.run_whole("table", "--quiet")
        self.assertIn("sc:n=3,max_tokens=40", table)
        self.assertIn("prompt format boxed", table)
        *programs, last = self.json_lines(*self.arguments("json"))
        self.assertEqual([line["program"] for line in programs], ["cot:max_tokens=40", "sc:n=3,max_tokens=40"])
        self.assertEqual([line["problems"] for line in programs], [12, 12])
        self.assertEqual(list(last), ["summary"])
        self.assertEqual(last["summary"]["prompt"]["format"], "boxed")
        self.assertIn("boxed", last["summary"]["prompt"]["system"])
        self.assertEqual(self.results("table"), self.results("json"))

    def test_records(self):
        self.run_whole("records", "--quiet")
        settings, *records = [json.loads(line) for line in self.results("records").splitlines()]
        self.assertEqual(settings["settings"]["limit"], 12)
        self.assertEqual(len(records), 24)
        self.assertEqual([record["problem"] for record in records[12:]], [str(i + 1) for i in range(12)])
        self.assertEqual({len(record["samples"]) for record in records[12:]}, {3})
        self.assertEqual({record["gold"] for record in records}, {"7"})

    def test_threads_change_no_byte(self):
        self.run_whole("one", "--quiet", "--threads", "1")
        self.run_whole("two", "--quiet", "--threads", "2", "--in-flight", "7")
        self.assertEqual(self.results("one"), self.results("two"))

    def test_killed_at_any_moment(self):
        self.run_whole("unkilled", "--quiet", count=40)
        whole = self.results("unkilled")
        source = random.Random(os.getpid())
        kills = 0
        for attempt in range(100):
            process = start(*self.arguments("killed", "--quiet", count=40))
            # Somewhere after the first record of this session.
            aim = self.size("killed") + source.randrange(1, max(2, len(whole) // 3))
            deadline = time.monotonic() + SECONDS
            while process.poll() is None and self.size("killed") < aim and time.monotonic() < deadline:
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            if process.returncode == 0:
                break
            self.assertEqual(process.returncode, -signal.SIGKILL)
            kills += 1
            self.assertTrue(self.size("killed") > 0)
        self.assertGreaterEqual(kills, 1)
        # And once more with a torn line.
        with open(os.path.join(path("killed"), "results.jsonl"), "r+b") as file:
            file.truncate(len(whole) * 2 // 3)
        self.run_whole("killed", "--quiet", count=40)
        self.assertEqual(self.results("killed"), whole)

    def size(self, name):
        try:
            return os.path.getsize(os.path.join(path(name), "results.jsonl"))
        except FileNotFoundError:
            return 0

    def test_ctrl_c(self):
        process = start(*self.arguments("stopped", "--json", "--quiet", count=3000))
        self.addCleanup(process.kill)
        deadline = time.monotonic() + SECONDS
        while self.size("stopped") < 10_000 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, 128 + signal.SIGINT)
        self.assert_error_line(err.decode(), "interrupted", "of 6000 answers", path("stopped"), "same command goes on")
        *programs, last = [json.loads(line) for line in out.decode().splitlines()]
        done = len(self.results("stopped").splitlines()) - 1
        self.assertEqual(sum(line["problems"] for line in programs), done)
        self.assertEqual(last["summary"]["missing"], 6000 - done)

    def test_says_what_it_goes_on_from(self):
        self.run_whole("again", "--quiet")
        _, _, err = run(*self.arguments("again"))
        self.assertIn("holds 24 of 24 answers; nothing is left to do\n", err)
        with open(os.path.join(path("again"), "results.jsonl"), "r+b") as file:
            file.truncate(len(self.results("again")) // 2)
        _, _, err = run(*self.arguments("again"))
        self.assertRegex(err, "holds [0-9]+ of 24 answers; going on from there")

    def test_rescore(self):
        table = self.run_whole("rescored", "--quiet")
        before = self.results("rescored")
        self.assertTrue(os.path.exists(os.path.join(path("rescored"), "report.html")))
        code, out, err = run("bench", "math", "--rescore", path("rescored"))
        self.assertEqual((code, out), (0, table))
        self.assertIn("otherwise than recorded: 0 answers and 0 verdicts of problems, 0 and 0 of samples", err)
        self.assertTrue(os.path.exists(os.path.join(path("rescored"), "rescored.html")))
        self.assertEqual(self.results("rescored"), before)
        self.assert_refused(["bench", "math", "--rescore", path("nowhere")], "nowhere", "--out folder of a run")

    def test_one_at_a_time(self):
        process = start(*self.arguments("busy", "--quiet", count=3000))
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + SECONDS
        while self.size("busy") == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assert_refused(self.arguments("busy", count=3000), "another run writes to", path("busy"))

    def test_bad_input(self):
        self.run_whole("bad", "--quiet")
        self.assert_refused(self.arguments("bad", "--seed", "1"), "another seed: 0, and now it is 1", "--restart")
        self.assert_refused(self.arguments("bad", "--limit", "3"), "another number of problems: 12, and now it is 3")
        self.assert_refused(self.arguments("bad", "--kv-type", "int8"), "another KV type", "--out")
        self.run_whole("bad", "--quiet", "--seed", "1", "--restart")
        math = ["bench", "math", "--model", "no-such-model.gguf"]
        file = ["--dataset", problems("few.jsonl", ["How many?"])]
        out = ["--out", path("refused")]
        self.assert_refused([*math, *out], "--dataset is missing")
        self.assert_refused([*math, *file], "--out is missing")
        self.assert_refused(["bench", "math", *file, *out], "--model is missing")
        self.assert_refused([*math, *file, *out, "--programs", "cott"], "did you mean 'cot'?")
        self.assert_refused([*math, *file, *out, "--programs", ""], "no programs")
        self.assert_refused([*math, *file, *out, "--prompt", "boxd"], "did you mean 'boxed'?")
        self.assert_refused([*math, *file, *out, "--shots", "9"], "--shots 9: choose 0 to 8")
        self.assert_refused([*math, *file, *out, "--shots", "1", "--prompt", "boxed"], "exclude each other")
        self.assert_refused([*math, *out, "--dataset", path("missing.jsonl")], "missing.jsonl")
        self.assert_refused([*math, *file, "--out", file[1]], "cannot write", "few.jsonl")
        self.assert_refused([*math, *file, *out], "'no-such-model.gguf'", "espalier models")
        self.assert_refused([*math, *file, *out, "--limit", "0"], "--limit")


if __name__ == "__main__":
    command_line.main()
