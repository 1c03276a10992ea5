"""Trains sprout, the generator. `python train.py --help` lists the options; runs go on where they stopped.

The learning rate warms up, stays, and falls to zero over the last part of the run (`--decay`).
"""
import argparse
import pathlib

import jax
import jax.numpy as jnp

import data
import model
from allocator import keep_memory
from training import Run, train


def loss(config, weights, tokens, documents, importance):
    length = tokens.shape[1]
    own = documents[:, :, None] == documents[:, None, :]  # rotary positions are relative: no need to start anew
    x = model.hidden(config, weights, tokens, jnp.arange(length), own & model.earlier(length))
    logits = x @ weights["embedding"].T
    following = lambda of: jnp.concatenate([of[:, 1:], jnp.zeros_like(of[:, :1])], 1).reshape(-1)
    chosen = jnp.take_along_axis(logits, following(tokens)[:, None], -1)[:, 0]
    importance = following(importance)
    return ((jax.nn.logsumexp(logits, -1) - chosen) * importance).sum() / importance.sum()


def rate(step: int, steps: int, warmup: int, decay: float) -> float:
    return min(1.0, step / warmup, max(0.0, (steps - step) / (decay * steps)))


def main() -> None:
    keep_memory()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("checkpoint.pkl"))
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--stop-at", type=int, default=0, help="save and end after this step")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--length", type=int, default=192)
    parser.add_argument("--warmup", type=int, default=60)
    parser.add_argument("--decay", type=float, default=0.3)
    parser.add_argument("--save-every", type=int, default=250)
    options = parser.parse_args()

    config = model.Config()
    weights = model.init(config, options.seed)
    print("parameters", sum(x.size for x in jax.tree.leaves(weights)), flush=True)
    train(Run(out=options.out, last=options.stop_at or options.steps, save_every=options.save_every,
              loss=lambda weights, *batch: loss(config, weights, *batch),
              batch=lambda step: data.rows(options.seed, step, options.rows, options.length),
              scale=lambda step: rate(step, options.steps, options.warmup, options.decay)), config, weights)


if __name__ == "__main__":
    main()
