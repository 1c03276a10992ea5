"""The tokenizer of sprout: whole words, single digits, signs, and bytes for the rest.

It is a byte-level BPE in the form that GGUF files carry (`gpt2` with the `qwen2` pre-tokenizer), so every
reader of such files can read it. BPE builds words from pairs, so each word of the list brings its prefixes
along: the merges of " coins" are (" ", c), (" c", o), ... A word without a space in front begins with a
capital letter, and no capital stands inside a word; so no merge can start inside a word, and the tokens of
a word are its longest prefix in the vocabulary and then its single letters. `encode` uses that.
The merges of words with a space come first: in " Ben", (" ", B) must win over (B, e).
"""
import functools
import re

import generator

BOS, EOS, PAD = 0, 1, 2
SPECIAL = ["<s>", "</s>", "<pad>"]

# The pre-tokenizer of Qwen2, cut down to ASCII.
_PIECES = re.compile(r"[^\r\nA-Za-z0-9]?[A-Za-z]+|[0-9]| ?[^\sA-Za-z0-9]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")

# Ids are in the order of this list and part of the weights: words can only be added, at the end, and with a new
# training. Some stand here for sentences that the generator does not write yet.
_WORDS = (
    "has have buys more finds gives gets from loses to sells of the bags boxes packs with in each Every day for days "
    "away Then then number doubles triples times as many before half shares equally among people and keeps one part "
    "splits into equal parts a third quarter that than all them starts How does now end The does is are it left still "
    "who only twice after that he she they some other her his their him spends uses adds takes puts makes bakes "
    "week weeks hours minutes dollars cents first next last total altogether box bag pack group groups rows row "
    "Answer A So so if If When when There there"
).split()


def _byte_alphabet() -> dict[int, str]:
    """GPT-2's printable stand-in for each byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {b: chr(b) for b in plain}
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + len(table) - len(plain))
    return table


ALPHABET = _byte_alphabet()


def _in_alphabet(text: str) -> str:
    return "".join(ALPHABET[b] for b in text.encode())


@functools.cache
def build() -> tuple[list[str], list[str]]:
    """The tokens in id order and the merges in rank order, both in the byte alphabet."""
    names, things = generator.NAMES + generator.MORE_NAMES, generator.THINGS + generator.MORE_THINGS
    spaced = [" " + w for w in [*names, *things, *_WORDS, ";", ":", ".", "?"]]
    bare = [w for w in [*names, *_WORDS] if w[0].isupper()]
    tokens = SPECIAL + [ALPHABET[b] for b in range(256)]
    merges: list[str] = []
    seen = set(tokens)
    for word in spaced + bare:
        letters = _in_alphabet(word)
        for end in range(2, len(letters) + 1):
            if letters[:end] not in seen:
                seen.add(letters[:end])
                tokens.append(letters[:end])
                merges.append(f"{letters[:end - 1]} {letters[end - 1]}")
    return tokens, merges


@functools.cache
def _ids() -> dict[str, int]:
    return {t: i for i, t in enumerate(build()[0])}


@functools.cache
def _encode_piece(piece: str) -> tuple[int, ...]:
    ids, letters = _ids(), _in_alphabet(piece)
    end = 1
    while end < len(letters) and letters[:end + 1] in ids:
        end += 1
    return tuple([ids[letters[:end]], *(ids[c] for c in letters[end:])])


def encode(text: str) -> list[int]:
    """Token ids of ASCII text; no BOS. Words that the module's comment excludes (a capital inside) may differ
    from what a BPE makes of them."""
    return [i for piece in _PIECES.findall(text) for i in _encode_piece(piece)]


def prompt(question: str) -> list[int]:
    """What the model reads of a question; the solution follows."""
    return [BOS, *encode(question + "\n")]


def decode(ids) -> str:
    back = {c: b for b, c in ALPHABET.items()}
    tokens = build()[0]
    return bytes(back[c] for i in ids if i >= len(SPECIAL) for c in tokens[i]).decode(errors="replace")
