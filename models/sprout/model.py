"""The forward pass of a small Llama in JAX: RMSNorm, rotary positions, grouped-query attention, SwiGLU.

Weights are dictionaries of float32 arrays, [in, out]; the embedding is also the output matrix.
"""
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

import vocabulary


class Config(NamedTuple):
    width: int = 192
    layers: int = 6
    heads: int = 6
    kv_heads: int = 2
    feed_forward: int = 512
    vocabulary: int = len(vocabulary.build()[0])
    rope_base: float = 10000.0
    epsilon: float = 1e-5

    @property
    def head(self) -> int:
        return self.width // self.heads


def init(config: Config, seed: int) -> dict:
    rng = np.random.RandomState(seed)
    width, head = config.width, config.head

    def matrix(rows: int, columns: int, scale: float = 1.0):
        return jnp.asarray(rng.randn(rows, columns) * scale / np.sqrt(rows), jnp.float32)

    def layer() -> dict:
        back = 1 / np.sqrt(2 * config.layers)
        return dict(attention_norm=jnp.ones(width), feed_forward_norm=jnp.ones(width),
                    q=matrix(width, config.heads * head), k=matrix(width, config.kv_heads * head),
                    v=matrix(width, config.kv_heads * head), o=matrix(config.heads * head, width, back),
                    gate=matrix(width, config.feed_forward), up=matrix(width, config.feed_forward),
                    down=matrix(config.feed_forward, width, back))

    return dict(embedding=matrix(config.vocabulary, width, 0.02 * np.sqrt(config.vocabulary)),
                layers=[layer() for _ in range(config.layers)], norm=jnp.ones(width))


def rms_norm(x, weight, epsilon):
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + epsilon) * weight


def rotate(config: Config, x, cosine, sine):
    """x: [batch, positions, heads, head]. The halves turn against each other (NeoX order; export.py reorders)."""
    half = config.head // 2
    a, b = x[..., :half], x[..., half:]
    return jnp.concatenate([a * cosine - b * sine, a * sine + b * cosine], -1)


def angles(config: Config, positions):
    """cos and sin, [..., 1, head/2], of int positions [...]."""
    half = config.head // 2
    frequencies = config.rope_base ** (-jnp.arange(half) / half)
    turn = positions[..., None].astype(jnp.float32) * frequencies
    return jnp.cos(turn)[..., None, :], jnp.sin(turn)[..., None, :]


def heads_of(config: Config, layer: dict, x, batch: int, cosine, sine):
    """Of x [batch*positions, width]: q [batch, positions, heads, head]; k, v [batch, positions, kv_heads, head]."""
    y = rms_norm(x, layer["attention_norm"], config.epsilon)
    split = lambda name, heads: (y @ layer[name]).reshape(batch, -1, heads, config.head)
    q = rotate(config, split("q", config.heads), cosine, sine)
    k = rotate(config, split("k", config.kv_heads), cosine, sine)
    return q, k, split("v", config.kv_heads)


def attend(config: Config, q, k, v, bias):
    """bias: 0 where a query sees a key and very negative elsewhere, broadcast to [batch, queries, keys].
    Returns [batch*queries, heads*head]."""
    group = config.heads // config.kv_heads
    q = q.transpose(0, 2, 1, 3)
    k = jnp.repeat(k, group, 2).transpose(0, 2, 3, 1)
    v = jnp.repeat(v, group, 2).transpose(0, 2, 1, 3)
    weights = jax.nn.softmax(q @ k * config.head ** -0.5 + bias[:, None], -1)
    return (weights @ v).transpose(0, 2, 1, 3).reshape(-1, config.heads * config.head)


def feed_forward(config: Config, layer: dict, x):
    y = rms_norm(x, layer["feed_forward_norm"], config.epsilon)
    return (jax.nn.silu(y @ layer["gate"]) * (y @ layer["up"])) @ layer["down"]


def hidden(config: Config, weights: dict, tokens, positions, visible):
    """Final normed hidden states [batch*length, width] of rows of tokens, [batch, length], at rotary `positions`
    (broadcast to [batch, length]), of which each sees those that `visible` [batch, query, key] says.
    Activations are matrices throughout: XLA's CPU products of higher rank take twice the time in the gradient."""
    cosine, sine = angles(config, positions)
    bias = jnp.where(visible, 0.0, -1e9)
    x = weights["embedding"][tokens.reshape(-1)]
    for layer in weights["layers"]:
        x = x + attend(config, *heads_of(config, layer, x, tokens.shape[0], cosine, sine), bias) @ layer["o"]
        x = x + feed_forward(config, layer, x)
    return rms_norm(x, weights["norm"], config.epsilon)


def earlier(length: int):
    """[length, length]: whether a key stands at or before a query."""
    return jnp.tril(jnp.ones((length, length), bool))
