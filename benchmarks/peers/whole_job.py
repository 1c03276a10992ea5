"""A whole job: samples of word problems, by Espalier and by llama.cpp the way its server does it.

    python whole_job.py --espalier ../../build/release/espalier --model qwen2.5-coder-0.5b-instruct \\
        --gguf MODEL.gguf --file ../data/gsm8k_test_100.jsonl --limit 24

Both answer every problem --samples times at --temperature, with at most --max-tokens each, and vote. llama.cpp has
--slots sequences, as its server has slots: a slot that ends takes the next sample at once, the prompt of a problem is
computed once and shared by its samples, and the sampler chain is the server's own with its defaults. Espalier runs
once as it is (a vote that the rest cannot change ends the rest) and, with --all, once to the end of every sample.
The texts differ, so compare tokens per second; the seconds are those of the job. Loading is left out on both sides.
"""

import argparse
import collections
import json
import os
import subprocess
import time
from fractions import Fraction

from greedy import SYSTEM, extract


class Sample:
    """One answer on its way through one slot."""

    def __init__(self, peer, problem, slot, sampler):
        self.problem, self.slot, self.sampler = problem, slot, sampler
        self.tokens = []
        peer.fork(problem.sequence, [slot])

    def row(self):
        prompt = self.problem.prompt  # its last token is computed for every sample, as in the server
        last = self.tokens[-1] if self.tokens else prompt[-1]
        return (last, len(prompt) - 1 + len(self.tokens), self.slot, True)


class Problem:
    """Its prompt, computed once into a sequence of its own, and the votes of its samples."""

    def __init__(self, peer, question, gold, sequence, samples):
        messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]
        self.prompt = peer.tokenize(peer.chat_prompt(messages), add_bos=False, special=True)
        self.gold, self.sequence, self.left = gold, sequence, samples
        self.votes = collections.Counter()
        peer.draw([(token, i, sequence, False) for i, token in enumerate(self.prompt[:-1])], [])


class Server:
    def __init__(self, options):
        from peer import Peer  # here, so that --help needs no llama.cpp

        self.options = options
        self.slots = list(range(options.slots))
        self.prompt_sequences = [options.slots + i for i in range(options.slots)]
        room = options.slots * (options.max_tokens + 512)
        self.peer = Peer(options.gguf, room, sequences=2 * options.slots, threads=options.threads, batch=1024)
        self.tokens = self.solved = 0

    def run(self, problems):
        """problems: (question, gold). Returns the figures of the job."""
        started = time.perf_counter()
        waiting = collections.deque((index, n) for index in range(len(problems)) for n in range(self.options.samples))
        running, begun = [], {}
        while waiting or running:
            while waiting and self.slots:
                index, number = waiting.popleft()
                if index not in begun:
                    sequence = self.prompt_sequences.pop()
                    begun[index] = Problem(self.peer, *problems[index], sequence, self.options.samples)
                sampler = self.peer.sampler(self.options.temperature, 1000 * index + number)
                running.append(Sample(self.peer, begun[index], self.slots.pop(), sampler))
            self._step(running)
            for sample in [sample for sample in running if self._is_over(sample)]:
                running.remove(sample)
                self._end(sample)
        return {"seconds": time.perf_counter() - started, "tokens": self.tokens, "solved": self.solved}

    def _step(self, running):
        drawn = self.peer.draw([sample.row() for sample in running], [sample.sampler for sample in running])
        for sample, token in zip(running, drawn):
            sample.tokens.append(token)
        self.tokens += len(running)

    def _is_over(self, sample):
        return self.peer.is_end(sample.tokens[-1]) or len(sample.tokens) >= self.options.max_tokens

    def _end(self, sample):
        problem = sample.problem
        ended = self.peer.is_end(sample.tokens[-1])
        answer = extract(self.peer.text(sample.tokens[:-1] if ended else sample.tokens))
        if answer is not None:
            problem.votes[answer] += 1
        self.peer.forget(sample.slot)
        self.peer.free_sampler(sample.sampler)
        self.slots.append(sample.slot)
        problem.left -= 1
        if problem.left == 0:
            self.solved += bool(problem.votes) and problem.votes.most_common(1)[0][0] == problem.gold
            self.peer.forget(problem.sequence)
            self.prompt_sequences.append(problem.sequence)


def read_problems(path, limit):
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()][:limit]
    return [(row["question"], Fraction(row["answer"].split("####")[1].strip().replace(",", ""))) for row in rows]


def run_espalier(options, rule):
    program = f"sc:n={options.samples},temperature={options.temperature},max_tokens={options.max_tokens},stop_rule={rule}"
    command = [options.espalier, "solve", "--model", options.model, "--program", program, "--file", options.file]
    command += ["--limit", str(options.limit), "--in-flight", str(options.in_flight), "--threads", str(options.threads)]
    output = subprocess.run(command + ["--json", "--quiet"], check=True, stdout=subprocess.PIPE, text=True).stdout
    *lines, last = [json.loads(line) for line in output.splitlines()]
    drawn = sum(line["tokens"]["expansion"] + line["tokens"]["discarded"] for line in lines)
    seconds = last["summary"]["seconds"]
    return {"seconds": seconds, "tokens": drawn, "solved": sum(line["correct"] for line in lines)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--espalier", required=True)
    parser.add_argument("--model", required=True, help="what Espalier calls the model")
    parser.add_argument("--gguf", required=True, help="the same model's file, for llama.cpp")
    parser.add_argument("--file", required=True)
    parser.add_argument("--limit", type=int, default=24)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--max-tokens", type=int, default=400)
    parser.add_argument("--slots", type=int, default=16, help="of llama.cpp")
    parser.add_argument("--in-flight", type=int, default=8, help="problems under way in Espalier")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--all", action="store_true", help="also Espalier without early stopping")
    options = parser.parse_args()

    runs = {"Espalier": run_espalier(options, "decided")}
    if options.all:
        runs["Espalier, every sample to its end"] = run_espalier(options, "none")
    runs["llama.cpp"] = Server(options).run(read_problems(options.file, options.limit))
    peer = runs["llama.cpp"]
    for name, run in runs.items():
        speed = run["tokens"] / run["seconds"]
        figures = {"engine": name, "seconds": round(run["seconds"], 1), "tokens": run["tokens"]}
        figures |= {"tokens_per_second": round(speed, 1), "solved": run["solved"], "of": options.limit}
        figures["times_the_speed"] = round(speed * peer["seconds"] / peer["tokens"], 2)
        figures["share_of_the_time"] = round(run["seconds"] / peer["seconds"], 3)
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
