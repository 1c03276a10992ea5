"""Greedy zero-shot answers to word problems with llama.cpp.

    python greedy.py --model MODEL.gguf --file ../data/gsm8k_test_100.jsonl --limit 100 --out peer_greedy.jsonl

One JSON line per problem to --out, where a run that was cut short continues; the summary is
printed. Speeds are those of the problems that this run added.
"""

import argparse
import json
import os
import re
import time
from fractions import Fraction

import numpy as np
from peer import Peer

SYSTEM = "Please reason step by step, and put your final answer within \\boxed{}."
NUMBER = r"-?\$?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+|/[1-9]\d*)?|-?\$?\.\d+"


def last_boxed(text):
    """The content of the last \\boxed{...} with braces matched, or None."""
    start = text.rfind("\\boxed{")
    if start < 0:
        return None
    depth = 0
    for i in range(start + len("\\boxed"), len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return text[start + len("\\boxed{") : i]
    return None


def last_number(text):
    """The last number in the text as an exact fraction, or None."""
    text = re.sub(r"\\[!,]|\{,\}", lambda match: "," if match.group() == "{,}" else "", text)
    text = re.sub(r"\\[dtc]?frac\{(\d+)\}\{(\d+)\}", r"\1/\2", text)
    numbers = re.findall(NUMBER, text)
    if not numbers:
        return None
    try:
        return Fraction(re.sub(r"[$,]", "", numbers[-1]))
    except (ValueError, ZeroDivisionError):
        return None


def extract(response):
    """Last \\boxed{}, else "the answer is", else "####", else the last number. A simple double of reward/answer."""
    boxed = last_boxed(response)
    if boxed is not None:
        return last_number(boxed)
    for mark in ("answer is", "####"):
        at = response.lower().rfind(mark)
        if at >= 0:
            match = re.search(NUMBER, response[at + len(mark) :])
            if match:
                return last_number(match.group())
    return last_number(response)


class Run:
    """One problem on its way through one sequence of the context."""

    def __init__(self, peer, number, problem, sequence):
        self.number, self.problem, self.sequence = number, problem, sequence
        messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": problem["question"]}]
        self.prompt = peer.tokenize(peer.chat_prompt(messages), add_bos=False, special=True)
        self.tokens = [int(np.argmax(peer.prefill(self.prompt, sequence)))]

    def row(self):
        return (self.tokens[-1], len(self.prompt) + len(self.tokens) - 1, self.sequence, True)

    def result(self, peer):
        finished = peer.is_end(self.tokens[-1])
        response = peer.text(self.tokens[:-1] if finished else self.tokens)
        answer = extract(response)
        gold = Fraction(self.problem["answer"].split("####")[1].strip().replace(",", ""))
        return {
            "id": str(self.number),
            "answer": "" if answer is None else str(answer),
            "gold": str(gold),
            "correct": answer == gold,
            "finished": finished,
            "prompt_tokens": len(self.prompt),
            "tokens": self.tokens,
            "response": response,
        }


class Stopwatch:
    def __init__(self):
        self.seconds = 0

    def __enter__(self):
        self._begin = time.time()

    def __exit__(self, *unused):
        self.seconds += time.time() - self._begin


def solve_all(peer, problems, parallel, max_tokens, prefill_clock, decode_clock):
    """Yields the result of each (number, problem) as it ends, with up to `parallel` of them running together."""
    waiting = list(reversed(problems))
    free = list(range(parallel))
    running = []
    while waiting or running:
        while waiting and free:
            with prefill_clock:
                running.append(Run(peer, *waiting.pop(), free.pop()))
        for run in [run for run in running if peer.is_end(run.tokens[-1]) or len(run.tokens) >= max_tokens]:
            running.remove(run)
            free.append(run.sequence)
            peer.forget(run.sequence)
            yield run.result(peer)
        if running:
            with decode_clock:
                logits = peer.decode([run.row() for run in running])
            for run, best in zip(running, logits.argmax(axis=1)):
                run.tokens.append(int(best))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--file", required=True)
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--max-tokens", type=int, default=512)
    parser.add_argument("--parallel", type=int, default=1, help="problems decoded together")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()

    with open(options.file, encoding="utf-8") as file:
        problems = list(enumerate((json.loads(line) for line in file if line.strip()), start=1))[: options.limit]
    results = []
    if os.path.exists(options.out):
        with open(options.out, encoding="utf-8") as done:
            results = [json.loads(line) for line in done]
    done = {int(result["id"]) for result in results}
    peer = Peer(options.model, context=1024 * options.parallel, sequences=options.parallel, threads=options.threads)
    prefill_clock, decode_clock = Stopwatch(), Stopwatch()
    new = []
    with open(options.out, "a", encoding="utf-8") as out:
        rest = [problem for problem in problems if problem[0] not in done]
        for result in solve_all(peer, rest, options.parallel, options.max_tokens, prefill_clock, decode_clock):
            new.append(result)
            print(json.dumps(result), file=out, flush=True)
    results += new
    summary = {
        "problems": len(results),
        "correct": sum(result["correct"] for result in results),
        "finished": sum(result["finished"] for result in results),
        "prompt_tokens": sum(result["prompt_tokens"] for result in results),
        "generated_tokens": sum(len(result["tokens"]) for result in results),
    }
    if new:
        summary |= {
            "prefill_tps": round(sum(result["prompt_tokens"] for result in new) / prefill_clock.seconds, 1),
            "decode_tps": round(sum(len(result["tokens"]) - 1 for result in new) / max(decode_clock.seconds, 1e-9), 1),
        }
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
