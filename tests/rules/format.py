"""clang-format has nothing to change. Versions differ in detail, so only Debian 12's is the judge."""

import re
import shutil
import subprocess
import sys

from source_tree import SKIP, SourceTree

VERSION = 14


def usable_clang_format():
    for command in (f"clang-format-{VERSION}", "clang-format"):
        if shutil.which(command):
            answer = subprocess.run([command, "--version"], capture_output=True, text=True).stdout
            if re.search(rf"version {VERSION}\.", answer):
                return command
    print(f"SKIPPED: no clang-format {VERSION} (apt-get install clang-format-{VERSION})")
    sys.exit(SKIP)


def main():
    command = usable_clang_format()
    style = "--style=file:" + sys.argv[1] + "/.clang-format"
    bad = subprocess.run([command, style, "--dry-run", "-Werror", "--assume-filename=a.cc"], input="int  x;\n", text=True,
                         capture_output=True)
    if bad.returncode == 0:
        sys.exit("self-test: badly formatted code was accepted")
    tree = SourceTree(sys.argv[1])
    files = [str(tree.root / name) for name in tree.cpp()]
    result = subprocess.run([command, style, "--dry-run", "-Werror", *files], capture_output=True, text=True)
    for name in sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", result.stderr, re.MULTILINE))):
        print(f"{name}: run clang-format -i on it")
    sys.exit(1 if result.returncode else 0)


if __name__ == "__main__":
    main()
