"""Writes sprout_greedy.json: what llama.cpp answers, greedily, to the first bundled problems, and the smallest gap
between the best and the second logit on the way: the closer it is to 0, the more rounding decides.

    python make_sprout_greedy.py [COUNT]       (needs PyPI llama-cpp-python, numpy and jinja2)
"""

import json
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "peers"))

from peer import Peer  # noqa: E402


def answer(peer, question):
    """The prompt's ids, the text and the smallest gap."""
    prompt = peer.tokenize(question + "\n", add_bos=True)
    peer.clear()
    logits, tokens, gap = peer.prefill(prompt), [], np.inf
    while True:
        second, best = np.sort(logits)[-2:]
        gap = min(gap, float(best - second))
        token = int(np.argmax(logits))
        if peer.is_end(token) or len(tokens) == 256:
            return prompt, peer.text(tokens), gap
        tokens.append(token)
        logits = peer.decode([(token, len(prompt) + len(tokens) - 1, 0, True)])[0]


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    peer = Peer(str(ROOT / "models" / "sprout" / "sprout.gguf"), context=512)
    answers = []
    with open(ROOT / "benchmarks" / "data" / "sprout_test_300.jsonl", encoding="utf-8") as file:
        for line in list(file)[:count]:
            problem = json.loads(line)
            prompt, text, gap = answer(peer, problem["question"])
            answers.append({"id": problem["id"], "prompt": prompt, "text": text, "gap": round(gap, 4)})
    out = pathlib.Path(__file__).with_name("sprout_greedy.json")
    out.write_text("[\n" + ",\n".join(json.dumps(answer) for answer in answers) + "\n]\n")


if __name__ == "__main__":
    main()
