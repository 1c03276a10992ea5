"""Speed of llama.cpp: prefill of one prompt, then decoding of branches that share it.

    python throughput.py --model MODEL.gguf --prompt 128,512 --branches 1,8,32 --generate 64

One JSON line per row: prefill is the prompt's tokens over its time; decode sums all branches and leaves prefill out.
The best of --repeat runs counts. Every branch feeds back its own, different tokens; logits of every row are computed
and its most likely token is taken. With --serve, rows are asked for on stdin, a line `PROMPT BRANCHES GENERATE` each.
"""

import argparse
import json
import sys
import time


def integers(text):
    return [int(number) for number in text.split(",")]


def parse_options(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--prompt", type=integers, default=[128, 512])
    parser.add_argument("--branches", type=integers, default=[1, 8, 32])
    parser.add_argument("--generate", type=int, default=64)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--flash-attention", action="store_true", help="llama.cpp's other attention")
    parser.add_argument("--serve", action="store_true", help="rows as stdin asks; --prompt and --branches bound them")
    return parser.parse_args()


def wanted_rows(options):
    if options.serve:
        for line in sys.stdin:
            yield [int(number) for number in line.split()]
    else:
        for length in options.prompt:
            for branches in options.branches:
                yield length, branches, options.generate


def print_rows(options, measure):
    """measure(prompt length, branches, generate) returns (prefill tokens/s, decode tokens/s)."""
    for length, branches, generate in wanted_rows(options):
        runs = [measure(length, branches, generate) for _ in range(options.repeat)]
        prefill, decode = (max(run[i] for run in runs) for i in (0, 1))
        row = {"prompt": length, "branches": branches}
        print(json.dumps(row | {"prefill_tps": round(prefill, 1), "decode_tps": round(decode, 1)}), flush=True)


def prompt_tokens(peer, count):
    text = "The quick brown fox jumps over the lazy dog, and then it rests for a while. "
    return peer.tokenize(text * (count // 8 + 1), add_bos=peer.adds_bos())[:count]


def measure(peer, prompt, branches, generate):
    """Returns (prefill tokens/s, decode tokens/s)."""
    peer.clear()
    begin = time.perf_counter()
    first = peer.prefill(prompt)
    prefill_seconds = time.perf_counter() - begin
    peer.fork(0, range(1, branches))
    tokens = first.argsort()[-branches:]
    begin = time.perf_counter()
    for step in range(generate):
        rows = [(int(token), len(prompt) + step, branch, True) for branch, token in enumerate(tokens)]
        tokens = peer.decode(rows).argmax(axis=1)
    return len(prompt) / prefill_seconds, branches * generate / (time.perf_counter() - begin)


def main():
    from peer import Peer  # here, because other peers use the rest of this file without llama.cpp

    options = parse_options(__doc__)
    most = max(options.branches)
    context = max(options.prompt) + most * options.generate
    peer = Peer(
        options.model, context, sequences=most, threads=options.threads, flash_attention=options.flash_attention
    )
    measure(peer, prompt_tokens(peer, 32), 1, 2)  # the first pass reads the file
    print_rows(options, lambda length, *rest: measure(peer, prompt_tokens(peer, length), *rest))


if __name__ == "__main__":
    main()
