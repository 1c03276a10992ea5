"""The files that rules look at, and the frame of a rule.

A rule is a script with check(tree), which yields one line per violation, and CASES for its own test: small
trees, each with a piece of the message that must come, or None where the tree is clean. `run` first tries the
cases, so that a rule that has gone blind fails, and then checks the tree given on the command line.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

SKIP = 77  # ctest shows this exit code as "Skipped"


class SourceTree:
    """The tracked files of a git checkout; all files where there is no git."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.notes = []  # shown, but no violations
        listing = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True)
        if listing.returncode == 0 and listing.stdout:
            names = listing.stdout.split("\0")
        else:
            names = [str(path.relative_to(root)) for path in self.root.rglob("*") if "build" not in path.parts]
        self.names = sorted(name for name in names if name and (self.root / name).is_file())

    def select(self, *suffixes):
        return [name for name in self.names if name.endswith(suffixes)]

    def cpp(self):
        return self.select(".h", ".cc", ".cu", ".cuh")

    def text(self, name):
        return (self.root / name).read_text(encoding="utf-8", errors="replace")

    def is_text(self, name):
        with open(self.root / name, "rb") as file:
            return b"\0" not in file.read(4096)


def blank_comments_and_strings(text):
    """C++ with the inside of comments, strings and characters as spaces: offsets and lines stay."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"([^(\n]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\''
    # A quote between digits is a separator: 1'000.
    guarded = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", " ", text)
    return re.sub(pattern, lambda match: re.sub(r"[^\n]", " ", match.group()), guarded, flags=re.DOTALL)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def try_cases(check, cases):
    for number, (files, expected) in enumerate(cases):
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                path = pathlib.Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            found = list(check(SourceTree(root)))
        if expected is None and found:
            sys.exit(f"self-test {number}: a clean tree was blamed: {found}")
        if expected is not None and not any(expected in line for line in found):
            sys.exit(f"self-test {number}: '{expected}' was not found; got {found}")


def run(check, cases):
    try_cases(check, cases)
    tree = SourceTree(sys.argv[1])
    violations = list(check(tree))
    for line in [f"note: {note}" for note in tree.notes] + violations:
        print(line)
    print(f"{len(violations)} violations; {len(cases)} self-tests passed")
    sys.exit(1 if violations else 0)
