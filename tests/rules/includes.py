"""Includes go one way: each folder uses only what the table allows."""

import re

from source_tree import run

# folder: what it may include besides itself; a folder with "/" at its end, or one header.
ALLOWED = {
    "base": [],
    "kernels": ["base/"],
    "radix_cache": ["base/"],
    "queueing": ["base/"],
    "reward": ["base/"],
    "engine": ["base/", "kernels/kernels.h"],
    "scheduler": ["base/", "radix_cache/radix_cache.h", "engine/batch.h", "engine/engine.h", "queueing/rank.h"],
    "reasoning": ["base/", "reward/", "scheduler/scheduler.h", "engine/engine.h", "engine/tokenizer.h",
                  "engine/chat_template.h", "engine/text_stream.h", "engine/stop_matcher.h"],
    "models": ["base/"],
}
ALLOWED["benchmarks"] = [folder + "/" for folder in ALLOWED]
ALLOWED["service"] = ALLOWED["benchmarks"]
ALLOWED["examples"] = ALLOWED["benchmarks"] + ["benchmarks/"]
ALLOWED["cli"] = ALLOWED["benchmarks"] + ["benchmarks/", "service/"]

BASE_MAY_USE = ("absl/", "xxhash.h")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">]', re.MULTILINE)


def folders_below(folder):
    """`folder` and every folder that it reaches through the table."""
    below = {folder}
    for entry in ALLOWED.get(folder, []):
        below |= folders_below(entry.split("/")[0])
    return below


def allowed_in(name):
    parts = name.split("/")
    if parts[0] == "tests":
        if len(parts) < 3 or parts[1] in ("support", "fuzz"):
            return [folder + "/" for folder in ALLOWED] + ["tests/support/", "tests/fuzz/"]
        return [folder + "/" for folder in folders_below(parts[1])] + ["tests/support/", f"tests/{parts[1]}/"]
    return ALLOWED[parts[0]] + [parts[0] + "/"] if parts[0] in ALLOWED else None


def check(tree):
    for name in tree.cpp():
        allowed = allowed_in(name)
        if allowed is None:
            yield f"{name}: the folder is not in the table of tests/rules/includes.py"
            continue
        for mark, path in INCLUDE.findall(tree.text(name)):
            folder = path.split("/")[0]
            if path.endswith(".cc"):
                yield f"{name}: includes {path}, which is no header"
            elif folder in ALLOWED or folder == "tests":
                if not any(path == entry or (entry.endswith("/") and path.startswith(entry)) for entry in allowed):
                    yield f"{name}: may not include {path}"
            elif mark == '"' and (tree.root / name).parent.joinpath(path).exists():
                yield f"{name}: include {path} by its path from the root"
            elif name.startswith("base/") and "/" in path and not path.startswith(BASE_MAY_USE + ("sys/",)):
                yield f"{name}: base stands on the standard library and Abseil, not on {path}"


CASES = [
    ({"engine/a.cc": '#include "kernels/kernels.h"\n#include "base/ids.h"\n#include "engine/a.h"\n'}, None),
    ({"engine/a.cc": '#include "kernels/matmul.h"\n'}, "may not include kernels/matmul.h"),
    ({"engine/a.cc": '#include "scheduler/scheduler.h"\n'}, "may not include scheduler/scheduler.h"),
    ({"scheduler/a.h": '#include "engine/sampler.h"\n'}, "may not include engine/sampler.h"),
    ({"scheduler/a.h": '#include "engine/batch.h"\n#include "radix_cache/radix_cache.h"\n'}, None),
    ({"scheduler/a.h": '#include "radix_cache/radix_tree.h"\n'}, "may not include radix_cache/radix_tree.h"),
    ({"reasoning/a.cc": '#  include "scheduler/planner.h"\n'}, "may not include scheduler/planner.h"),
    ({"reward/a.cc": '#include "radix_cache/radix_cache.h"\n'}, "may not include radix_cache"),
    ({"base/a.cc": "#include <vector>\n#include <sys/mman.h>\n#include \"absl/status/status.h\"\n"}, None),
    ({"base/a.cc": "#include <nlohmann/json.hpp>\n"}, "base stands on"),
    ({"base/a.cc": '#include "engine/batch.h"\n'}, "may not include engine/batch.h"),
    ({"benchmarks/a.cc": '#include "cli/command.h"\n'}, "may not include cli/command.h"),
    ({"tests/engine/a.cc": '#include "kernels/matmul.h"\n#include "tests/support/tiny_model.h"\n'}, None),
    ({"tests/fuzz/a.cc": '#include "engine/gguf.h"\n#include "tests/fuzz/fuzz.h"\n'}, None),
    ({"tests/engine/a.cc": '#include "reasoning/runtime.h"\n'}, "may not include reasoning/runtime.h"),
    ({"tests/engine/a.cc": '#include "engine/sampler.cc"\n'}, "no header"),
    ({"engine/a.cc": '#include "b.h"\n', "engine/b.h": ""}, "by its path from the root"),
    ({"helpers/a.h": ""}, "not in the table"),
]

if __name__ == "__main__":
    run(check, CASES)
