"""Ctrl-C, and readers that go away: a clean end within seconds that keeps what is done."""

import json
import os
import signal
import time
import unittest

import command_line
from command_line import CommandLineTest, problems, run, start

SECONDS = 30  # to end in; the whole run would take minutes


class Interrupts(CommandLineTest):
    def begin(self):
        """A run over many problems, after its first result."""
        file = problems("many.jsonl", [f"What is {number} plus 4?" for number in range(3000)])
        arguments = ["--file", file, "--program", "sc:n=2", "--in-flight", "2", "--json", "--quiet"]
        process = start("solve", "--model", command_line.MODEL, *arguments)
        self.addCleanup(process.kill)
        return process, process.stdout.readline()

    def check_stopped_by(self, number):
        process, first = self.begin()
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, 128 + number)
        self.assert_error_line(err.decode(), "interrupted")
        *records, summary = [json.loads(line) for line in (first + out).decode().splitlines()]
        self.assertEqual([record["id"] for record in records], [str(i + 1) for i in range(len(records))])
        done = [record for record in records if record["stop_reason"] != "cancelled"]
        self.assertIn(json.loads(first), done)
        self.assertLess(len(records), 3000)
        self.assertLessEqual(len(records) - len(done), 2)  # those that were under way
        self.assertEqual(summary["summary"]["problems"], len(records))
        self.assertEqual(summary["summary"]["failed"], 0)
        # Problems that were not finished are not counted as wrong.
        right = sum(record["correct"] for record in done)
        self.assertAlmostEqual(summary["summary"]["accuracy"], right / len(done))

    def test_ctrl_c(self):
        self.check_stopped_by(signal.SIGINT)

    def test_terminate(self):
        self.check_stopped_by(signal.SIGTERM)

    def test_reader_goes_away(self):
        process, _ = self.begin()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=SECONDS), 128 + signal.SIGPIPE)  # as for any filter before `head`
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        program = ["--program", "cot:max_tokens=2"]
        for command in [["solve", "--problem", "How many?", *program], ["logits", "--prompt", "a"]]:
            with open("/dev/full", "wb") as full:
                code, _, err = run(*command, "--model", command_line.MODEL, "--json", "--quiet", stdout=full)
            self.assertEqual(code, 1)
            self.assert_error_line(err, "could not be written")

    def test_no_wait_for_a_download(self):
        started = time.monotonic()
        code, out, err = run("solve", "--model", "smollm2-135m-instrct", "--problem", "How many?")
        self.assertEqual((code, out), (1, ""))
        self.assert_error_line(err, "did you mean")
        self.assertLess(time.monotonic() - started, SECONDS)


if __name__ == "__main__":
    command_line.main()
