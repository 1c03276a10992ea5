"""Checkpoints: dictionaries of arrays and numbers, pickled."""
import os
import pathlib
import pickle

import jax


def load(path: pathlib.Path) -> dict:
    with open(path, "rb") as file:
        return pickle.load(file)


def save(path: pathlib.Path, **values) -> None:
    """Whole or not at all: a checkpoint must survive an interruption."""
    part = path.with_suffix(".part")
    with open(part, "wb") as file:
        pickle.dump(jax.device_get(values), file)
    os.replace(part, path)
