#!/usr/bin/env python3
"""Writes tests/golden/tokenizer/small_tokenizers.json: small tokenizer.json files, one for each component and flag, with
the ids and decoded texts of PyPI's `tokenizers`.

Usage: make_small_tokenizers.py     (needs PyPI's tokenizers)
Each record: {"name", "tokenizer": the content of tokenizer.json, "cases": [[text, ids, decoded text], ...]}.
"""

import json
import pathlib

import tokenizers

OUT = pathlib.Path(__file__).parent / "tokenizer" / "small_tokenizers.json"

LETTERS = ["a", "b", "c", "d", "e", "é", "1", "2", "3", "-", ".", " ", "\u2581", "\u0120", "\u010a", "\u00c3", "\u00a9", "\u00e9", "\n",
           "x", "y", "\u0301", "(", ")", "<", ">"]
MERGES = [["a", "b"], ["ab", "c"], ["\u2581", "a"], ["\u2581", "\u2581"], ["\u2581a", "b"], ["\u0120", "a"], ["\u0120a", "b"], ["1", "2"], ["12", "3"],
          ["-", "-"], [" ", "a"], ["c", "d"], ["\u00c3", "\u00a9"]]
TEXTS = ["", "a", " a", "ab", "abc ab", "  ab  c", "ab-c--d", "1233 12", "caf\u00e9 e\u0301", "a\nb", "abz", "zz", "z\u00fcz a", "<x>ab<y> c",
         "a<x>", "<x> <x>", "b <y> a", "ab<w>c", "<w>", " <w> b", "(<w>)", "a<n>b", "<n>", "a <n> b", "..ab.. ab", "\u00e9a\u00e9", "-a-"]


def vocabulary(extra: list[str]) -> dict[str, int]:
    tokens = dict.fromkeys(LETTERS + ["".join(pair) for pair in MERGES] + extra)
    return {token: i for i, token in enumerate(tokens)}


def added(first: int) -> list[dict]:
    flags = {"special": False, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return [{"id": first, "content": "<x>", **flags, "special": True},
            {"id": first + 1, "content": "<y>", **flags, "lstrip": True, "rstrip": True},
            {"id": first + 2, "content": "<w>", **flags, "single_word": True},
            {"id": first + 3, "content": "<n>", **flags, "normalized": True}]


def build(extra: list[str] = (), model: dict = {}, **components) -> dict:
    tokens = vocabulary(list(extra))
    content = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added(len(tokens)),
               "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": {"type": "Fuse"}, **components}
    content["model"] = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                        "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                        "vocab": tokens, "merges": MERGES, **model}
    return content


def split(pattern: dict, behavior: str, invert: bool = False) -> dict:
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def metaspace(scheme: str, splits: bool) -> dict:
    return {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": scheme, "split": splits}


BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
MARK = {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
UNMARK = {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}
STRIP = {"type": "Strip", "content": " ", "start": 1, "stop": 0}


def sequence(kind: str, *members: dict) -> dict:
    return {"type": "Sequence", kind: list(members)}


CONFIGURATIONS = {
    "plain": build(),
    "unknown": build(["<unk>"], {"unk_token": "<unk>"}),
    "fused unknown": build(["<unk>"], {"unk_token": "<unk>", "fuse_unk": True}),
    "byte fallback": build(BYTES, {"byte_fallback": True}, decoder=sequence("decoders", {"type": "ByteFallback"}, {"type": "Fuse"})),
    "some bytes": build(["<unk>", "<0xC3>"], {"byte_fallback": True, "unk_token": "<unk>", "fuse_unk": True}),
    "ignored merges": build(["abz", "z"], {"ignore_merges": True}, pre_tokenizer={"type": "WhitespaceSplit"}),
    "byte level": build(pre_tokenizer=BYTE_LEVEL, decoder=BYTE_LEVEL),
    "byte level, prefix": build(pre_tokenizer={**BYTE_LEVEL, "add_prefix_space": True}, decoder=BYTE_LEVEL),
    "byte level, whole": build(pre_tokenizer={**BYTE_LEVEL, "use_regex": False}, decoder=BYTE_LEVEL),
    "sentencepiece": build(BYTES, {"byte_fallback": True}, decoder=sequence("decoders", UNMARK, {"type": "ByteFallback"}, {"type": "Fuse"}, STRIP),
                           normalizer=sequence("normalizers", {"type": "Prepend", "prepend": "\u2581"}, MARK)),
    "gemma": build(BYTES, {"byte_fallback": True}, normalizer=MARK, decoder=sequence("decoders", UNMARK, {"type": "ByteFallback"}, {"type": "Fuse"}),
                   pre_tokenizer=split({"String": " "}, "MergedWithPrevious")),
    "metaspace always": build(pre_tokenizer=metaspace("always", True), decoder=metaspace("always", True)),
    "metaspace first": build(pre_tokenizer=metaspace("first", False), decoder=metaspace("first", False)),
    "metaspace never": build(pre_tokenizer=metaspace("never", True), decoder=metaspace("never", True)),
    "nfc": build(normalizer={"type": "NFC"}),
    "nfd": build(normalizer=sequence("normalizers", {"type": "NFD"})),
    "strip": build(normalizer={"type": "Strip", "strip_left": True, "strip_right": False}),
    "replace": build(normalizer={"type": "Replace", "pattern": {"Regex": "[.-]+"}, "content": "x"}),
    "digits": build(pre_tokenizer=sequence("pretokenizers", {"type": "Digits", "individual_digits": True})),
    "digits together": build(pre_tokenizer={"type": "Digits", "individual_digits": False}),
    "punctuation": build(pre_tokenizer={"type": "Punctuation", "behavior": "Contiguous"}),
    "white space": build(pre_tokenizer={"type": "Whitespace"}),
    "split at text": build(pre_tokenizer=split({"String": "-"}, "MergedWithNext")),
    "inverted split": build(pre_tokenizer=split({"Regex": "[a-c]+"}, "Removed", True)),
    "text merges": build(model={"merges": [" ".join(pair) for pair in MERGES if " " not in pair]}),
}


def main() -> None:
    records = []
    for name, content in CONFIGURATIONS.items():
        tokenizer = tokenizers.Tokenizer.from_str(json.dumps(content))
        cases = []
        for text in TEXTS:
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            cases.append([text, ids, tokenizer.decode(ids, skip_special_tokens=False)])
        records.append({"name": name, "tokenizer": content, "cases": cases})
    lines = ",\n".join(json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records)
    OUT.write_text(f"[{lines}]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
