"""Trains the step scorer: the generator's trunk, fine-tuned, with a head that says after every token how likely the
solution is right so far. `python train_scorer.py --help` lists the options; runs go on where they stopped.

Reads problems (generator.py) and the solutions that the generator gave to them (`espalier solve --json`).
"""
import argparse
import pathlib
import random

import jax
import jax.numpy as jnp
import numpy as np

import judged
import model
from allocator import keep_memory
from checkpoint import load
from training import Run, train


def logits_of(config, weights, tokens, positions, branches):
    """[batch*length]: the log-odds of being right. A token sees its own branch and the prompt."""
    own = (branches[:, :, None] == branches[:, None, :]) | (branches[:, None, :] == 0)
    x = model.hidden(config, weights, tokens, positions, own & model.earlier(tokens.shape[1]))
    return x @ weights["head"]["weight"] + weights["head"]["bias"]


def loss(config, weights, tokens, positions, branches, labels, counts, ends):
    """Every sample counts alike, and the token that ends a step, where the score is read, four times."""
    logits = logits_of(config, weights, tokens, positions, branches)
    labels, importance = labels.reshape(-1), (counts * (1 + 3 * ends)).reshape(-1)
    surprise = jax.nn.softplus(logits) - labels * logits
    return (surprise * importance).sum() / importance.sum()


def area(scores: np.ndarray, labels: np.ndarray) -> float:
    """Area under the ROC curve (no ties to speak of)."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores)] = np.arange(1, len(scores) + 1)
    positive = labels.sum()
    return float((ranks[labels == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(labels) - positive)))


def evaluate(config, weights, rows: judged.Rows, batch: int) -> str:
    forward = jax.jit(lambda w, t, p, b: logits_of(config, w, t, p, b))
    scores = np.concatenate([np.asarray(forward(weights, *(f[i:i + batch] for f in rows[:3])))
                             for i in range(0, len(rows.tokens) - batch + 1, batch)])
    count = len(scores)
    ends = rows.ends.reshape(-1)[:count] > 0
    labels, branches = rows.labels.reshape(-1)[:count], rows.branches.reshape(-1)[:count]
    last = ends & (np.append(branches[1:], -1) != branches)
    return f"held out: AUC of steps {area(scores[ends], labels[ends]):.4f}, " \
           f"of whole solutions {area(scores[last], labels[last]):.4f} ({last.sum()} different solutions)"


def main() -> None:
    keep_memory()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=pathlib.Path, required=True)
    parser.add_argument("--solved", type=pathlib.Path, required=True)
    parser.add_argument("--generator", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("scorer.pkl"))
    parser.add_argument("--passes", type=float, default=1.0, help="over the solutions")
    parser.add_argument("--rate", type=float, default=0.3, help="of the generator's learning rates")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--held-out", type=int, default=200, help="problems at the end that are not trained on")
    parser.add_argument("--save-every", type=int, default=250)
    options = parser.parse_args()

    examples = list(judged.read(options.problems, options.solved))
    rng = random.Random(options.seed)
    trained = judged.pack(examples[:-options.held_out], options.length, rng)
    held_out = judged.pack(examples[-options.held_out:], options.length, rng)
    samples = [s.count for _, solutions in examples for s in solutions]
    steps = int(options.passes * len(trained.tokens) / options.rows)
    print(f"{sum(samples)} solutions of {len(examples)} problems, {len(samples)} different; {steps} steps", flush=True)

    generator = load(options.generator)
    config, weights = model.Config(*generator["config"]), generator["weights"]
    weights["head"] = dict(weight=np.zeros(config.width, np.float32), bias=np.zeros((), np.float32))

    def batch(step: int) -> tuple:
        at = (step - 1) * options.rows % (len(trained.tokens) - options.rows + 1)
        return tuple(field[at:at + options.rows] for field in trained)

    train(Run(out=options.out, last=steps, save_every=options.save_every,
              loss=lambda weights, *batch: loss(config, weights, *batch), batch=batch,
              scale=lambda step: options.rate * min(1.0, step / 30, (steps - step) / (0.7 * steps))), config, weights,
          saved=lambda weights: print(evaluate(config, weights, held_out, options.rows), flush=True))


if __name__ == "__main__":
    main()
