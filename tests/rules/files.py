"""Files are short, guarded, built and finished."""

import re

from source_tree import line_of, run

LINE_LIMIT = 600
KERNEL_LINE_LIMIT = 700
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
SELF = "tests/rules/"


def check_size(tree, name):
    lines = tree.text(name).count("\n")
    limit = KERNEL_LINE_LIMIT if name.startswith("kernels/") else LINE_LIMIT
    if lines > limit:
        yield f"{name}: {lines} lines, more than {limit}; split it"
    elif lines > 400:
        tree.notes.append(f"{name} has {lines} lines")


def check_guard(tree, name):
    guard = "ESPALIER_" + re.sub(r"[^A-Z0-9]", "_", name.upper()) + "_"
    if f"#ifndef {guard}\n#define {guard}\n" not in tree.text(name):
        yield f"{name}: the include guard must be {guard}"


def is_listed(source, words):
    """`source` itself, or by a foreach: "${name}_test.cc" with `name` among the words."""
    for word in words:
        found = re.fullmatch(re.sub(r"\\\$\\\{\w+\\\}", r"([\\w/]+)", re.escape(word)), source)
        if found and all(group in words for group in found.groups()):
            return True
    return False


def check_is_built(tree, name):
    """The nearest CMakeLists.txt above a source file lists it."""
    folder = (tree.root / name).parent
    while not (folder / "CMakeLists.txt").exists():
        if folder == tree.root:
            yield f"{name}: no CMakeLists.txt above it"
            return
        folder = folder.parent
    relative = (tree.root / name).relative_to(folder).as_posix()
    listed = re.split(r"[\s()\"]+", (folder / "CMakeLists.txt").read_text())
    if not is_listed(relative, listed):
        yield f"{name}: not listed in the CMakeLists.txt of {folder.name}/"


def check(tree):
    included = set()
    for name in tree.cpp():
        included |= set(re.findall(r'#\s*include\s*"([^"]+)"', tree.text(name)))
    for name in tree.cpp() + tree.select(".py", ".sh", ".cmake", "CMakeLists.txt"):
        yield from check_size(tree, name)
        if not name.startswith(SELF):
            for match in UNFINISHED.finditer(tree.text(name)):
                yield f"{name}:{line_of(tree.text(name), match.start())}: {match.group()}: finish it or leave it out"
    for name in tree.select(".h", ".cuh"):
        if not name.endswith("_inl.h"):  # meant to be included once per instruction set
            yield from check_guard(tree, name)
        if name not in included:
            yield f"{name}: included nowhere"
    for name in tree.select(".cc", ".cu"):
        yield from check_is_built(tree, name)


GUARDED = "#ifndef ESPALIER_BASE_A_H_\n#define ESPALIER_BASE_A_H_\n#endif\n"
CMAKE = "espalier_library(base SOURCES a.cc)\n"
CASES = [
    ({"base/a.h": GUARDED, "base/a.cc": '#include "base/a.h"\n', "base/CMakeLists.txt": CMAKE}, None),
    ({"base/a.h": GUARDED.replace("BASE_", "")}, "guard must be ESPALIER_BASE_A_H_"),
    ({"base/a.h": "#pragma once\n"}, "guard must be"),
    ({"base/a.h": GUARDED}, "included nowhere"),
    ({"base/b.cc": "", "base/CMakeLists.txt": CMAKE}, "not listed"),
    ({"base/cpu/a.cc": "", "base/CMakeLists.txt": CMAKE}, "not listed"),
    ({"base/cpu/a.cc": "", "base/CMakeLists.txt": CMAKE.replace("a.cc", "cpu/a.cc")}, None),
    ({"base/a.cc": "", "base/CMakeLists.txt": "foreach(x a b)\n  add_executable(${x} ${x}.cc)\n"}, None),
    ({"base/c.cc": "", "base/CMakeLists.txt": "foreach(x a b)\n  add_executable(${x} ${x}.cc)\n"}, "not listed"),
    ({"base/a.py": "\n" * 600}, None),
    ({"base/a.py": "\n" * 601}, "601 lines"),
    ({"kernels/a.h": "\n" * 701}, "701 lines"),
    ({"base/a.py": "x = 1  # TO" + "DO: more\n"}, "finish it"),
]

if __name__ == "__main__":
    run(check, CASES)
