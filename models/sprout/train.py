"""Trains sprout, the generator. `python train.py --help` lists the options; runs go on where they stopped.

The learning rate warms up, stays, and falls to zero over the last part of the run (`--decay`).
"""
import argparse
import os
import pathlib
import time

import jax
import jax.numpy as jnp

import data
import model
import optimizer
from allocator import keep_memory
from checkpoint import load, save


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
    os.nice(10)

    config = model.Config()
    weights = model.init(config, options.seed)
    state, first = optimizer.init(weights), 1
    if options.out.exists():
        saved = load(options.out)
        weights, state, first = saved["weights"], saved["state"], saved["step"] + 1
        print(f"going on after step {saved['step']}", flush=True)

    @jax.jit
    def advance(weights, state, step, scale, tokens, documents, importance):
        value, gradients = jax.value_and_grad(lambda w: loss(config, w, tokens, documents, importance))(weights)
        weights, state = optimizer.update(weights, gradients, state, step, scale)
        return weights, state, value

    print("parameters", sum(x.size for x in jax.tree.leaves(weights)), flush=True)
    started, last = time.time(), options.stop_at or options.steps
    for step in range(first, last + 1):
        batch = data.rows(options.seed, step, options.rows, options.length)
        scale = rate(step, options.steps, options.warmup, options.decay)
        weights, state, value = advance(weights, state, float(step), scale, *batch)
        if step % 20 == 0:
            speed = (step - first + 1) * options.rows * options.length / (time.time() - started)
            print(f"step {step} loss {float(value):.4f} {speed:.0f} tokens/s", flush=True)
        if step % options.save_every == 0 or step == last:
            save(options.out, weights=weights, state=state, step=step, config=tuple(config))


if __name__ == "__main__":
    main()
