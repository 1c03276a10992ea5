#!/usr/bin/env python3
"""Writes tests/golden/tokenizer/NAME.gguf.gz: the tokenizer.* metadata of a GGUF file and nothing else.

Usage: make_vocabularies.py NAME=FILE.gguf ...     (needs PyPI's gguf)
The output is reproducible: no time stamp, fixed compression level.
"""

import gzip
import pathlib
import sys
import tempfile

import gguf

OUT = pathlib.Path(__file__).parent / "tokenizer"
# Chat templates have goldens of their own.
DROPPED = {"tokenizer.chat_template"}


def copy_tokenizer(source: str, target: pathlib.Path) -> None:
    writer = gguf.GGUFWriter(target, arch="llama")
    fields = gguf.GGUFReader(source).fields
    dropped = set(DROPPED)
    if fields["tokenizer.ggml.model"].contents() == "gpt2":
        dropped.add("tokenizer.ggml.scores")  # mean nothing to byte-level BPE
    for name, field in fields.items():
        if name.startswith("tokenizer.") and name not in dropped:
            sub_type = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(name, field.contents(), field.types[0], sub_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    for argument in sys.argv[1:]:
        name, source = argument.split("=", 1)
        with tempfile.TemporaryDirectory() as folder:
            plain = pathlib.Path(folder) / "vocabulary.gguf"
            copy_tokenizer(source, plain)
            (OUT / f"{name}.gguf.gz").write_bytes(gzip.compress(plain.read_bytes(), 9, mtime=0))


if __name__ == "__main__":
    main()
