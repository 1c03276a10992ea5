"""Runs the espalier binary as a user would. Usage of the tests: TEST.py ESPALIER WRITE_TINY_MODEL [unittest arguments]."""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

TIMEOUT = 120  # seconds; far more than any command here needs on a busy machine

ARCHITECTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "architectures")
BINARY = ""
FOLDER = ""
MODEL = ""


def path(name, content=None):
    """A file in the temporary folder, written when content is given."""
    full = os.path.join(FOLDER, name)
    if content is not None:
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
    return full


def problems(name, questions):
    lines = [json.dumps({"question": question, "answer": "#### 7"}) for question in questions]
    return path(name, "\n".join(lines) + "\n")


def model_bytes():
    with open(MODEL, "rb") as file:
        return file.read()


def model_with_tensor_type(number):
    """The tiny model whose first tensor claims another type."""
    content = model_bytes()
    name = b"token_embd.weight"
    place = content.index(name) + len(name) + 4 + 2 * 8  # after the count of dimensions and both of them
    return content[:place] + struct.pack("<I", number) + content[place + 4 :]


def environment():
    """An empty cache, and no way to the network."""
    away = {"HF_ENDPOINT": "http://127.0.0.1:9", "PIP_NO_INDEX": "1"}
    return dict(os.environ, ESPALIER_CACHE=path("cache"), HF_HUB_CACHE=path("hub"), **away)


def start(*arguments, **options):
    return subprocess.Popen(
        [BINARY, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=options.get("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        env=environment(),
        bufsize=0,  # so that communicate() goes on where readline() ended
    )


def run(*arguments, **options):
    """Exit code, stdout and stderr."""
    process = start(*arguments, **options)
    try:
        out, err = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, (out or b"").decode(), err.decode()


class CommandLineTest(unittest.TestCase):
    def assert_error_line(self, err, *parts):
        self.assertRegex(err, r"\Aerror: [^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, err)

    def assert_refused(self, arguments, *parts):
        """Non-zero exit, nothing on stdout, one line on stderr that holds all parts."""
        with self.subTest(arguments=arguments):
            code, out, err = run(*arguments)
            self.assertIn(code, (1, 2), err)
            self.assertEqual(out, "")
            self.assert_error_line(err, *parts)

    def json_lines(self, *arguments):
        """The objects of a run that ends well and says nothing on stderr."""
        code, out, err = run(*arguments, "--json", "--quiet")
        self.assertEqual((code, err), (0, ""))
        self.assertTrue(out.endswith("\n"))
        objects = [json.loads(line) for line in out.splitlines()]
        for item in objects:
            self.assertIsInstance(item, dict)
        return objects

    def solve(self, *arguments):
        """The records of the problems and the summary."""
        *records, summary = self.json_lines("solve", "--model", MODEL, *arguments)
        self.assertEqual(list(summary), ["summary"])
        return records, summary["summary"]


def main():
    global BINARY, FOLDER, MODEL
    BINARY, write_tiny_model = sys.argv[1:3]
    FOLDER = tempfile.mkdtemp(prefix="espalier-command-line-")
    MODEL = path("tiny.gguf")
    try:
        subprocess.run([write_tiny_model, MODEL], check=True, timeout=TIMEOUT)
        unittest.main(module="__main__", argv=[sys.argv[0], *sys.argv[3:]])
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
