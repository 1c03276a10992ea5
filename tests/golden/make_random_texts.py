#!/usr/bin/env python3
"""Writes tests/golden/tokenizer/pipelines.json, random_texts.jsonl.gz and pre_tokenizers.json: random texts with what
PyPI's `tokenizers` makes of them.

Usage: make_random_texts.py     (needs PyPI's tokenizers and gguf; reads the vocabularies beside it)
pipelines.json: what tokenizer.json holds of each family besides vocabulary, merges and added tokens, which the test
takes from the .gguf.gz files as this script does. random_texts.jsonl.gz: {"text", "nfc": whether the text is in
normal form C, NAME: [number of ids, 64-bit FNV-1a hash of the ids as little-endian 32-bit numbers], ...}; special
tokens in the text are parsed, none are added. pre_tokenizers.json: for families whose vocabulary is not here, by GGUF's
name, how their patterns split the first texts: the first 8 digits of the hash of the pieces' sizes in bytes.
"""

import gzip
import json
import pathlib
import random
import tempfile
import unicodedata

import gguf
import tokenizers

OUT = pathlib.Path(__file__).parent / "tokenizer"
COUNT = 2000

CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LLAMA3 = (CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace("{1,3}", "")
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
BYTES_ONLY = {**BYTE_LEVEL, "use_regex": False}


def split(pattern: str) -> dict:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def sequence(kind: str, *members: dict) -> dict:
    return {"type": "Sequence", kind: list(members)}


# As in the tokenizer.json of the models named.
PIPELINES = {
    "gpt-2": {"pre_tokenizer": BYTE_LEVEL, "decoder": BYTE_LEVEL, "model": {"type": "BPE"}},
    "llama-bpe": {
        "pre_tokenizer": sequence("pretokenizers", split(LLAMA3), BYTES_ONLY),
        "post_processor": sequence("processors", BYTES_ONLY, {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<|begin_of_text|>", "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {
                "<|begin_of_text|>": {"id": "<|begin_of_text|>", "ids": [128000], "tokens": ["<|begin_of_text|>"]}},
        }),
        "decoder": BYTE_LEVEL,
        "model": {"type": "BPE", "ignore_merges": True},
    },
    "qwen2": {
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": sequence("pretokenizers", split(QWEN2), BYTES_ONLY),
        "decoder": BYTE_LEVEL,
        "model": {"type": "BPE"},
    },
    "smollm": {
        "pre_tokenizer": sequence("pretokenizers", {"type": "Digits", "individual_digits": True}, BYTE_LEVEL),
        "decoder": BYTE_LEVEL,
        "model": {"type": "BPE"},
    },
    "llama-spm": {
        "normalizer": sequence("normalizers", {"type": "Prepend", "prepend": "\u2581"},
                               {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}),
        "decoder": sequence("decoders", {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
                            {"type": "ByteFallback"}, {"type": "Fuse"},
                            {"type": "Strip", "content": " ", "start": 1, "stop": 0}),
        "model": {"type": "BPE", "unk_token": "<unk>", "byte_fallback": True, "fuse_unk": True},
    },
}

CAPITAL, SMALL = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
START = r"[^\r\n\p{L}\p{N}]?"
SPACES_LAST = r"|\s*[\r\n]+|\s+(?!\S)|\s+"
GPT4O = (f"{START}{CAPITAL}*{SMALL}+{CONTRACTIONS}?|{START}{CAPITAL}+{SMALL}*{CONTRACTIONS}?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*" + SPACES_LAST)
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
WORDS_OF_BLOOM = r" ?[^(\s|.,!?…。，、।۔،)]+"
# The patterns in the tokenizer.json of models of the family.
FAMILIES = {
    "tekken": [GPT4O.replace(CONTRACTIONS + "?", "").replace("{1,3}", "")],
    "gpt-4o": [GPT4O],
    "qwen35": [CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*" + SPACES_LAST],
    "seed-coder": [CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+" + SPACES_LAST],
    "deepseek-coder": [r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-\ud7ff]+", r"\p{N}"],
    "deepseek-v3": [r"\p{N}{1,3}", "[一-龥\u3040-ゟ゠-ヿ]+",
                    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
                    r"| ?[\p{P}\p{S}]+[\r\n]*" + SPACES_LAST],
    "falcon": [r"[\p{P}$+<=>^~|`]+", GPT2, "[0-9][0-9][0-9]"],
    "superbpe": [r"\p{N}+", r"(?=(\d{3})+(?!\d))"],
    "bloom": [WORDS_OF_BLOOM],
    "viking": [WORDS_OF_BLOOM, r"\p{N}"],
    "default": [r"[\p{P}$+<=>^~|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"],
}
FAMILY_TEXTS = 500


def split_sizes(patterns: list[str], text: str) -> list[int]:
    splitter = tokenizers.pre_tokenizers.Sequence(
        [tokenizers.pre_tokenizers.Split(tokenizers.Regex(pattern), "isolated") for pattern in patterns])
    return [len(piece.encode()) for piece, _ in splitter.pre_tokenize_str(text)]


def scored_merges(vocabulary: dict[str, int], scores: dict[str, float]) -> list[list[str]]:
    """The pairs of tokens that make a token, best score first, as the transformers library converts SentencePiece."""
    merges = []
    for token, score in scores.items():
        pairs = [(token[:i], token[i:], score) for i in range(1, len(token))
                 if token[:i] in vocabulary and token[i:] in vocabulary]
        merges += sorted(pairs, key=lambda pair: (vocabulary[pair[0]], vocabulary[pair[1]]))
    merges.sort(key=lambda pair: (pair[2], len(pair[0]), len(pair[1])), reverse=True)
    return [[left, right] for left, right, _ in merges]


def make_tokenizer(name: str) -> tokenizers.Tokenizer:
    with tempfile.NamedTemporaryFile(suffix=".gguf") as plain:
        plain.write(gzip.decompress((OUT / f"{name}.gguf.gz").read_bytes()))
        plain.flush()
        fields = {key: field.contents() for key, field in gguf.GGUFReader(plain.name).fields.items()
                  if key.startswith("tokenizer.ggml.")}
    tokens, types = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    merges = fields.get("tokenizer.ggml.merges")
    if merges is None:
        merges = scored_merges(vocabulary, dict(zip(tokens, fields["tokenizer.ggml.scores"])))
    content = json.loads(json.dumps(PIPELINES[name]))
    content["model"] |= {"vocab": vocabulary, "merges": merges}
    content["added_tokens"] = [
        {"id": i, "content": token, "special": kind != gguf.TokenType.USER_DEFINED, "single_word": False,
         "lstrip": False, "rstrip": False, "normalized": False}
        for i, (token, kind) in enumerate(zip(tokens, types))
        if kind in (gguf.TokenType.CONTROL, gguf.TokenType.UNKNOWN, gguf.TokenType.USER_DEFINED)]
    for key in ("normalizer", "pre_tokenizer", "post_processor", "decoder", "truncation", "padding"):
        content.setdefault(key, None)
    return tokenizers.Tokenizer.from_str(json.dumps({"version": "1.0", **content}))


def characters(*ranges: tuple[int, int]) -> list[str]:
    return [chr(code) for first, last in ranges for code in range(first, last + 1)
            if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]


SCRIPTS = {
    "latin": characters((0xC0, 0x17F), (0x1E00, 0x1EF9)), "greek": characters((0x391, 0x3CE)),
    "cyrillic": characters((0x410, 0x44F)), "armenian": characters((0x531, 0x586)),
    "hebrew": characters((0x5D0, 0x5EA), (0x5B0, 0x5BD)), "arabic": characters((0x620, 0x669)),
    "devanagari": characters((0x901, 0x96F)), "bengali": characters((0x985, 0x9CD)),
    "tamil": characters((0xB85, 0xBCD)), "thai": characters((0xE01, 0xE3A), (0xE40, 0xE59)),
    "georgian": characters((0x10D0, 0x10F0)), "ethiopic": characters((0x1200, 0x1248)),
    "khmer": characters((0x1780, 0x17D2)), "cherokee": characters((0x13A0, 0x13F4)),
    "kana": characters((0x3041, 0x3096), (0x30A1, 0x30FA)), "han": characters((0x4E00, 0x62FF), (0x20000, 0x2000F)),
    "hangul": characters((0xAC00, 0xAD00), (0x1100, 0x1112), (0x1161, 0x1175), (0x11A8, 0x11C2)),
    "full width": characters((0xFF01, 0xFF5E)), "letters as signs": characters((0x2460, 0x24E9), (0x1D400, 0x1D433)),
}
WORDS = ("the of and to in is that it was for on are with as his they be at one have this from or had by not word but what "
         "some we can out other were all there when up use your how said an each she which do their time if will way about "
         "many then them would write like so these her long make thing see him two has look more day could go come did "
         "number sound no most people my over know water than call first who may down side been now find Hello World "
         "Straße naïve façade jalapeño Müller Øresund coöperate São Łódź İstanbul ſubject ﬁle").split()
CODE = ["def f(x):\n    return x ** 2\n", "for (int i = 0; i < n; ++i) {\n\ta[i] += b[i];\n}", "SELECT * FROM t WHERE a='b';",
        "#include <vector>\n", "const x = {a: [1,2,3], 'b': null};", "if err != nil {\n\t\treturn err\n\t}", "\\frac{a}{b}",
        "x_{i+1}^{2}", "https://example.com/a?b=c&d=%20", "<div class=\"x\">", "=>", "!==", "::", "//", "/*", "*/", "->", "\\n",
        "0x1F", "1e-9", "3.14", "10,000", "C:\\dir\\file", "user@host", "`ls -la | grep x`", "$HOME", "@decorator"]
EMOJI = ["😀", "👍🏽", "👨‍👩‍👧", "🏳️‍🌈", "🇩🇪", "❤️", "☃", "🦙", "1️⃣", "✨", "🧑🏿‍🚀", "♟", "©", "™", "→", "∑", "≠", "½", "№", "…", "“", "”", "—"]
SPACES = [" ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "\r", " \n", "\n ", "\u00a0", "\u1680", "\u2003", "\u2009", "\u200a",
          "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u0085", "\u000b", "\u000c", "\u200b", "\u180e", "\ufeff", " " * 17]
CONTROLS = ["\x00", "\x01", "\x07", "\x1b[0m", "\x1f", "\x7f", "\u200d", "\u200e", "\u202e", "\ufffd", "\u0080", "\u00ad"]
MARKS = characters((0x300, 0x33F), (0x5B0, 0x5B9), (0x64B, 0x652), (0x93C, 0x93C), (0x3099, 0x309A), (0x1D165, 0x1D165))
SUFFIXES = ["'s", "'S", "'t", "'LL", "'ll", "'re", "'Ve", "'d", "'m", "'ſ", "’s", "''", "'x"]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|eot_id|>", "<s>", "</s>", "<unk>", "<0x41>", "<|im_start", "▁", "Ġ"]


def random_part(source: random.Random) -> str:
    kind = source.randrange(12)
    if kind <= 2:
        return source.choice(["", " "]) + source.choice(WORDS)
    if kind == 3:
        script = SCRIPTS[source.choice(sorted(SCRIPTS))]
        return "".join(source.choice(script) for _ in range(source.randrange(1, 9)))
    if kind == 4:
        return "".join(source.choice("0123456789") for _ in range(source.randrange(1, 9)))
    if kind == 5:
        return "".join(source.choice("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") for _ in range(source.randrange(1, 6)))
    if kind == 6:
        return source.choice("aeioucnAEIOUשकかعLf") + "".join(source.choice(MARKS) for _ in range(source.randrange(1, 4)))
    pool = {7: CODE, 8: EMOJI, 9: SPACES, 10: SUFFIXES}.get(kind)
    if pool is None:
        pool = source.choices([CONTROLS, SPECIAL, [word.upper() for word in WORDS], [word.title() for word in WORDS]],
                              [1, 1, 3, 3])[0]
    return source.choice(pool)


def random_texts() -> list[str]:
    source = random.Random(2026)
    texts = []
    while len(texts) < COUNT:
        parts = [random_part(source) for _ in range(source.randrange(1, 25))]
        text = source.choice(["", " "]).join(parts)
        form = source.choice([None, None, None, "NFD", "NFC"])
        texts.append(unicodedata.normalize(form, text) if form else text)
    return texts


def digest(ids: list[int]) -> list:
    state = 0xCBF29CE484222325
    for byte in b"".join(i.to_bytes(4, "little") for i in ids):
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return [len(ids), f"{state:016x}"]


def main() -> None:
    (OUT / "pipelines.json").write_text(json.dumps(PIPELINES, indent=1) + "\n")
    made = {name: make_tokenizer(name) for name in PIPELINES}
    texts = random_texts()
    families = {name: [digest(split_sizes(patterns, text))[1][:8] for text in texts[:FAMILY_TEXTS]]
                for name, patterns in FAMILIES.items()}
    (OUT / "pre_tokenizers.json").write_text(json.dumps(families, separators=(",", ":")) + "\n")
    lines = []
    for text in texts:
        record = {"text": text, "nfc": unicodedata.is_normalized("NFC", text)}
        for name, tokenizer in made.items():
            record[name] = digest(tokenizer.encode(text, add_special_tokens=False).ids)
        lines.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
    (OUT / "random_texts.jsonl.gz").write_bytes(gzip.compress("".join(lines).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
