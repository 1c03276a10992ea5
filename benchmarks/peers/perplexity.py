"""Perplexity by llama.cpp, with the protocol of its own perplexity tool.

    python perplexity.py --model MODEL.gguf --file ../data/gsm8k_train_text.txt

The whole file is tokenised at once, without a chat template, with a BOS token if the model file asks for one, and
cut into chunks of --context tokens that do not overlap; what is left over is not used. Each chunk is computed from
an empty cache, its first token replaced by BOS if the model file asks for one. Predictions from the middle of the
chunk on are scored: with a context of 512, those at positions 256 to 510, of the tokens at 257 to 511.
"""

import argparse
import json

import numpy as np
from peer import Peer, log_softmax


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--file", required=True)
    parser.add_argument("--context", type=int, default=512)
    parser.add_argument("--chunks", type=int, help="the first ones only; all by default")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()

    peer = Peer(options.model, context=options.context, threads=options.threads, batch=options.context)
    with open(options.file, encoding="utf-8", newline="") as file:
        tokens = peer.tokenize(file.read(), add_bos=peer.adds_bos())
    chunks = len(tokens) // options.context
    if options.chunks:
        chunks = min(chunks, options.chunks)
    if chunks < 1:
        raise SystemExit(f"{len(tokens)} tokens are less than one chunk: give a longer file or a smaller --context")
    logprobs = []
    for chunk in range(chunks):
        window = tokens[chunk * options.context : (chunk + 1) * options.context]
        if peer.adds_bos():
            window[0] = peer.bos()
        peer.clear()
        first = options.context // 2
        last = options.context - 1
        logits = peer.decode([(token, i, 0, first <= i < last) for i, token in enumerate(window)])
        scored = log_softmax(logits)[np.arange(last - first), window[first + 1 :]]
        logprobs.append(scored)
    total = np.concatenate(logprobs)
    print(json.dumps({"perplexity": round(float(np.exp(-total.mean())), 4), "chunks": chunks, "tokens": len(total)}))


if __name__ == "__main__":
    main()
