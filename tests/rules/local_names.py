"""Nothing in the repository knows the machine or the place where it was written."""

import re

from source_tree import line_of, run

SELF = "tests/rules/local_names.py"
PATTERNS = {
    "an absolute path of one machine": r"(?<![\w.$}~*])/(?:work|tmp|root|mnt|scratch|home/\w+|Users/\w+)(?:/|\b(?!\w))",
    "a folder outside the repository": r"\.\./shared\b",
    "a private address": r"\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}\b",
    "a private host": r"https?://[\w.-]+\.(?:internal|corp|lan)\b|\bartifactory\b",
}
# Inputs and expectations from outside, kept byte for byte.
DATA = ("tests/golden/", "benchmarks/data/")


def check(tree):
    for name in tree.names:
        if name == SELF or (name.startswith(DATA) and not name.endswith(".md")) or not tree.is_text(name):
            continue
        text = tree.text(name)
        for what, pattern in PATTERNS.items():
            for match in re.finditer(pattern, text):
                yield f"{name}:{line_of(text, match.start())}: {what}: {match.group()}"


CASES = [
    ({"a.cc": 'Open("/tmp/model.gguf")\n'}, "a.cc:1: an absolute path"),
    ({"a.md": "\n\n`/home/ana/x`\n"}, "a.md:3: an absolute path"),
    ({"a.sh": "cd /root/main\n"}, "an absolute path"),
    ({"a.md": "see ../shared/notes\n"}, "a folder outside"),
    ({"a.py": "index = 'http://192.168.1.7/simple'\n"}, "a private address"),
    ({"a.py": "https://pypi.example.internal/simple\n"}, "a private host"),
    ({"a.md": "https://example.org/work/x ~/.cache/espalier $HOME/tmp/x 10.1.2 127.0.0.1 out/tmp/x /workers /rooted\n"},
     None),
]

if __name__ == "__main__":
    run(check, CASES)
