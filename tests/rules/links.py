"""Links and named files in documents lead somewhere."""

import pathlib
import re

from source_tree import line_of, run

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# `folder/file.ext` in running text.
NAMED = re.compile(r"`((?:base|kernels|radix_cache|engine|scheduler|reward|reasoning|models|cli|benchmarks|examples|tests|"
                   r"docs|scripts|cmake)/[\w./-]+\.\w+)`")


def check(tree):
    for name in tree.select(".md"):
        text = tree.text(name)
        folder = (tree.root / name).parent
        targets = [(match, folder / match.group(1)) for match in LINK.finditer(text) if "://" not in match.group(1)]
        targets += [(match, tree.root / match.group(1)) for match in NAMED.finditer(text)]
        for match, target in targets:
            if not pathlib.Path(target).exists():
                yield f"{name}:{line_of(text, match.start())}: {match.group(1)} does not exist"


CASES = [
    ({"docs/a.md": "[b](b.md) [c](../c.md#part) [web](https://example.org/x) `base/d.h`\n", "docs/b.md": "", "c.md": "",
      "base/d.h": ""}, None),
    ({"docs/a.md": "\n[b](b.md)\n", "b.md": ""}, "docs/a.md:2: b.md does not exist"),
    ({"a.md": "![b](docs/b.svg)\n"}, "docs/b.svg does not exist"),
    ({"a.md": "see `engine/gone.h`\n"}, "engine/gone.h does not exist"),
]

if __name__ == "__main__":
    run(check, CASES)
