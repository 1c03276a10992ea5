"""Most likely next tokens and their log-probabilities by llama.cpp.

    python logits.py --model MODEL.gguf --prompts prompts.json --out logits.json

prompts.json is a list of texts. They are tokenised without a chat template, special tokens taken as text, with a BOS
token if the model file asks for one. Each is computed from an empty cache.
"""

import argparse
import json

import llama_cpp
import numpy as np
from peer import Peer, log_softmax


def top_tokens(peer, prompt, top):
    tokens = peer.tokenize(prompt, add_bos=peer.adds_bos())
    peer.clear()
    logprobs = log_softmax(peer.prefill(tokens))
    best = np.argsort(-logprobs, kind="stable")[:top]
    return {
        "prompt": prompt,
        "tokens": tokens,
        "top": [
            {
                "id": int(token),
                "text": peer.piece(token).decode(errors="replace"),
                "logprob": round(float(logprobs[token]), 5),
            }
            for token in best
        ],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--prompts", required=True)
    parser.add_argument("--top", type=int, default=10)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--flash-attention", action="store_true", help="llama.cpp's other way to round attention")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()

    with open(options.prompts, encoding="utf-8") as file:
        prompts = json.load(file)
    peer = Peer(options.model, context=2048, threads=options.threads, flash_attention=options.flash_attention)
    flash = "on" if options.flash_attention else "off"
    source = f"llama-cpp-python {llama_cpp.__version__}, CPU, f16 KV cache, flash attention {flash}"
    cases = [top_tokens(peer, prompt, options.top) for prompt in prompts]
    with open(options.out, "w", encoding="utf-8") as out:
        json.dump({"source": source, "cases": cases}, out, ensure_ascii=False, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
