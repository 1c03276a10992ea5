"""Muon for the matrices inside the layers, Adam for the rest.

Muon (Jordan et al., 2024, "Muon: An optimizer for hidden layers in neural networks") replaces the momentum of
a matrix by the nearest orthogonal one, approximately, by five Newton-Schulz steps.
"""
import jax
import jax.numpy as jnp


def _orthogonal(g):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.T if g.shape[0] > g.shape[1] else g
    x = x / (jnp.linalg.norm(x) + 1e-7)
    for _ in range(5):
        s = x @ x.T
        x = a * x + (b * s + c * s @ s) @ x
    return x.T if g.shape[0] > g.shape[1] else x


def _is_matrix_inside(path) -> bool:
    return any(getattr(k, "key", None) == "layers" for k in path) and "norm" not in str(path[-1])


def init(weights: dict) -> dict:
    zeros = lambda: jax.tree.map(jnp.zeros_like, weights)
    return dict(first=zeros(), second=zeros())


def update(weights: dict, gradients: dict, state: dict, step, rate, muon_rate: float = 0.02, adam_rate: float = 3e-3,
           decay: float = 0.05):
    """One step; `step` counts from 1, `rate` in [0, 1] scales both learning rates."""
    norm = jnp.sqrt(sum(jnp.sum(g * g) for g in jax.tree.leaves(gradients)))
    gradients = jax.tree.map(lambda g: g * jnp.minimum(1.0, 1.0 / (norm + 1e-6)), gradients)

    def one(path, w, g, first, second):
        if _is_matrix_inside(path):
            first = 0.95 * first + g
            direction = _orthogonal(g + 0.95 * first) * jnp.sqrt(jnp.maximum(1.0, w.shape[1] / w.shape[0]))
            return w - rate * muon_rate * (direction + decay * w), first, second
        first, second = 0.9 * first + 0.1 * g, 0.98 * second + 0.02 * g * g
        direction = (first / (1 - 0.9 ** step)) / (jnp.sqrt(second / (1 - 0.98 ** step)) + 1e-8)
        return w - rate * adam_rate * direction, first, second

    updated = jax.tree_util.tree_map_with_path(one, weights, gradients, state["first"], state["second"])
    part = lambda i: jax.tree.map(lambda t: t[i], updated, is_leaf=lambda t: isinstance(t, tuple))
    return part(0), dict(first=part(1), second=part(2))
