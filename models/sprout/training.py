"""The loop of both trainings: steps of an optimizer over numbered batches, saved and resumed."""
import os
import pathlib
import time
from typing import Callable, NamedTuple

import jax

import optimizer
from checkpoint import load, save


class Run(NamedTuple):
    out: pathlib.Path                    # the checkpoint; a run goes on from it if it is there
    last: int                            # step, counted from 1
    save_every: int
    loss: Callable                       # of (weights, *batch)
    batch: Callable[[int], tuple]        # of a step: arrays whose first is tokens, [rows, length]
    scale: Callable[[int], float]        # of a step: both learning rates, in [0, 1]


def train(run: Run, config: tuple, weights: dict, saved: Callable[[dict], None] = lambda weights: None) -> None:
    """Trains and calls `saved` with the weights whenever the checkpoint is written."""
    os.nice(10)
    state, first = optimizer.init(weights), 1
    if run.out.exists():
        before = load(run.out)
        weights, state, first = before["weights"], before["state"], before["step"] + 1
        print(f"going on after step {before['step']}", flush=True)

    @jax.jit
    def advance(weights, state, step, scale, *batch):
        value, gradients = jax.value_and_grad(lambda w: run.loss(w, *batch))(weights)
        weights, state = optimizer.update(weights, gradients, state, step, scale)
        return weights, state, value

    started, tokens = time.time(), 0
    for step in range(first, run.last + 1):
        batch = run.batch(step)
        weights, state, value = advance(weights, state, float(step), run.scale(step), *batch)
        tokens += batch[0].size
        if step % 20 == 0:
            print(f"step {step} of {run.last} loss {float(value):.4f} {tokens / (time.time() - started):.0f} tokens/s",
                  flush=True)
        if step % run.save_every == 0 or step == run.last:
            save(run.out, weights=weights, state=state, step=step, config=tuple(config))
            saved(weights)
