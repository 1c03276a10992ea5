#!/usr/bin/env python3
"""Writes tests/golden/tokenizer/hard_texts.jsonl: texts that are hard to split, with llama.cpp's token ids.

Usage: make_hard_texts.py NAME=FILE.gguf ...     (needs PyPI's llama-cpp-python; only the vocabulary is loaded)
Each line: {"text", "special": whether special tokens are parsed, NAME: ids, ...}.
"""

import json
import pathlib
import random
import sys
import unicodedata

import llama_cpp

OUT = pathlib.Path(__file__).parent / "tokenizer" / "hard_texts.jsonl"

HAND_WRITTEN = [
    "a\u180eb \u180e c", "a\u0085b", "x\u00a0\u00a0y", "\u2028\u2029 z", "\u3000\u3000全角", "\u200b\u200c\u200d zero",
    "I'LL we'Ve 'S 'ſ don'T", "'''s's'S", "it's'", "\r\n\r\n x\r\r\ny", "  \n  \n  x", " \t\n\t x", "x \n", "x\n ",
    "x  ", "  ", "\n", "\r", "\t\t\tx", "!\n\n!", "!!\r\n?", " !\n", "1234567 89 0", "１２３４５", "①②③ Ⅷ ½", "٣٤٥٦ १२३",
    "x1y22z333", "3.14159e-10", "$1,234.56", "a_b__c", "#include <stdio.h>\nint main() {\n    return 0;\n}\n",
    "naïve café", "nai\u0308ve cafe\u0301", "e\u0301\u0301\u0301", "ñandú", "ǅ ǆ Ǆ", "ﬁ ﬂ", "İstanbul ıi",
    "हिन्दी में", "ภาษาไทย", "العربية ١٢٣", "עברית", "한국어 텍스트", "日本語テキスト", "👨‍👩‍👧‍👦🏳️‍🌈", "🇩🇪🇫🇷",
    "\x00\x01\x02", "a\x00b", "\x1c\x1d\x1e\x1f", "\ufeffbom", "\ufffd", "\U0010ffff", "a" * 300, " " * 129 + "x",
    "\n" * 77 + "x", "ab " * 50, "!?" * 90, "9" * 100, "\\boxed{42}", "x^{2}+y_{1}=\\frac{a}{b}", "<|im_start|>user",
    "<tool_call> [PAD151933]", "SolidGoldMagikarp", " \u2003\u2003x", "`code` **bold** ~~x~~", "a|b^c~d<=>e",
]
SPECIAL = [
    "<|im_start|>system\nYou are.<|im_end|>\n<|im_start|>user\n", "<|endoftext|><|endoftext|>x", "<|im_start|<|im_end|>",
    "<<|im_end|>>", " <|endoftext|> ", "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|>",
    "<|im_end", "<tool_call>{}</tool_call>", "x<|endoftext|>",
]


def random_text(source: random.Random, pools: list[list[str]]) -> str:
    text = ""
    for _ in range(source.randrange(1, 12)):
        pool = source.choice(pools)
        text += "".join(source.choice(pool) for _ in range(source.randrange(1, 5)))
    return text


def random_texts(count: int) -> list[str]:
    by_category: dict[str, list[str]] = {}
    for code in range(0x110000):
        category = unicodedata.category(chr(code))
        if category not in ("Cn", "Cs", "Co"):
            by_category.setdefault(category, []).append(chr(code))
    common = [[" "], ["\n"], ["\r\n"], ["\t", "  "], list("abcXYZ"), list("0123456789"), list(".,!?'-+$<|>"),
              ["'s", "'LL", "'re", "'T"]]
    source = random.Random(11)
    return [random_text(source, common * 2 + list(by_category.values())) for _ in range(count)]


def main() -> None:
    vocabularies = {}
    for argument in sys.argv[1:]:
        name, path = argument.split("=", 1)
        vocabularies[name] = llama_cpp.Llama(path, vocab_only=True, verbose=False)
    texts = [(text, False) for text in HAND_WRITTEN + random_texts(120)] + [(text, True) for text in SPECIAL]
    with OUT.open("w", encoding="utf-8") as out:
        for text, special in texts:
            record = {"text": text, "special": special}
            for name, vocabulary in vocabularies.items():
                record[name] = vocabulary.tokenize(text.encode(), add_bos=False, special=special)
            out.write(json.dumps(record, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
