"""Rows of packed documents to train on: problems with their solutions, and equations in the room that is left.

Row r of step s depends on (seed, s) alone, so that a run that was interrupted goes on with the same rows.
"""
import random

import numpy as np

import generator
import vocabulary

# Chances of 1 to 7 steps.
LENGTHS = range(1, 8)
LENGTH_WEIGHTS = (4, 12, 20, 24, 22, 11, 7)
PROMPT_WEIGHT = 0.05  # of a prompt's token in the loss; a solution's token counts 1


def document(problem: generator.Problem) -> tuple[list[int], int]:
    """The tokens of a solved problem and how many of them are the prompt."""
    prompt = vocabulary.prompt(problem.question)
    return prompt + vocabulary.encode(problem.solution()) + [vocabulary.EOS], len(prompt)


class Drafts:
    """Problems drawn ahead, so that rows can be filled with what fits."""

    def __init__(self, rng: random.Random, strange: float, longest: int):
        self.rng, self.strange, self.longest, self.waiting = rng, strange, longest, []

    def take(self, room: int) -> tuple[list[int], int] | None:
        while len(self.waiting) < 8:
            steps = self.rng.choices(LENGTHS, LENGTH_WEIGHTS)[0]
            drawn = document(generator.draw(self.rng, "train", steps, strange=self.strange))
            if len(drawn[0]) <= self.longest:
                self.waiting.append(drawn)
        fitting = [d for d in self.waiting if len(d[0]) <= room]
        if not fitting:
            return None
        longest = max(fitting, key=lambda d: len(d[0]))
        self.waiting.remove(longest)
        return longest


def rows(seed: int, step: int, count: int, length: int, strange: float = 0.12):
    """tokens, documents (int32) and loss weights (float32, of the token itself), each [count, length]."""
    rng = random.Random(f"{seed}:{step}")
    drafts = Drafts(rng, strange, length)
    tokens = np.full((count, length), vocabulary.PAD, np.int32)
    documents = np.zeros((count, length), np.int32)
    weights = np.zeros((count, length), np.float32)
    for row in range(count):
        at, number = 0, 1
        while (drawn := drafts.take(length - at)) is not None:
            ids, prompt = drawn
            end = at + len(ids)
            tokens[row, at:end] = ids
            documents[row, at:end] = number
            weights[row, at + 1:at + prompt] = PROMPT_WEIGHT
            weights[row, at + prompt:end] = 1
            at, number = end, number + 1
        ids = [vocabulary.encode("\n")[0]]
        while len(ids) < length - at:
            ids += vocabulary.encode(generator.equation(rng) + "\n")
        tokens[row, at:] = ids[:length - at]
        documents[row, at:] = number
        weights[row, at + 1:] = 1
    return tokens, documents, weights
