#!/usr/bin/env python3
"""Writes type_logits.json: llama.cpp's log-probabilities of one tiny model in every tensor type.

Usage: make_type_logits.py WRITE_TINY_MODEL     (the program of tests/support, built)
Needs: pip install gguf llama-cpp-python numpy

The model's tensors come from tests/support, so that the test can make them again; the file that llama.cpp reads
is written by PyPI's `gguf`. CPU, f32 KV cache, no flash attention: nothing but the weights' type costs precision.
"""

import ctypes
import importlib.metadata
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib

import gguf
import llama_cpp as lib
import numpy as np

OUT = pathlib.Path(__file__).parent / "type_logits.json"
TYPES = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "IQ4_NL", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"]
TOKENS = [298, 72, 101, 262, 44, 274, 10, 119]  # 8 of 299, arbitrary
AFTER = [1, 4, 8]  # tokens whose successor's distribution is stored


def rewrite(source, target):
    """Copies a GGUF file through the `gguf` package. Returns the CRC-32 of its tensors' bytes, in file order."""
    reader = gguf.GGUFReader(source)
    architecture = reader.get_field("general.architecture").contents()
    writer = gguf.GGUFWriter(target, architecture)
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        sub_type = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), field.types[0], sub_type=sub_type)
    checksum = 0
    for tensor in reader.tensors:
        checksum = zlib.crc32(tensor.data.tobytes(), checksum)
        writer.add_tensor(tensor.name, tensor.data, raw_shape=tensor.data.shape, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return checksum


@lib.llama_log_callback
def quiet(level, text, user_data):
    pass


def logits(path):
    """float32 [len(AFTER), vocabulary]"""
    lib.llama_backend_init()
    lib.llama_log_set(quiet, ctypes.c_void_p(0))
    model_options = lib.llama_model_default_params()
    model_options.n_gpu_layers = 0
    model = lib.llama_model_load_from_file(path.encode(), model_options)
    if not model:
        raise SystemExit(f"llama.cpp cannot load {path}")
    options = lib.llama_context_default_params()
    options.n_ctx = options.n_batch = options.n_ubatch = 64
    options.n_threads = options.n_threads_batch = 1
    options.flash_attn_type = lib.LLAMA_FLASH_ATTN_TYPE_DISABLED
    options.type_k = options.type_v = gguf.GGMLQuantizationType.F32
    context = lib.llama_init_from_model(model, options)
    batch = lib.llama_batch_init(64, 0, 1)
    batch.n_tokens = len(TOKENS)
    for i, token in enumerate(TOKENS):
        batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.seq_id[i][0] = token, i, 1, 0
        batch.logits[i] = True
    if lib.llama_decode(context, batch) != 0:
        raise SystemExit("llama_decode failed")
    size = lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(model))
    rows = [np.ctypeslib.as_array(lib.llama_get_logits_ith(context, n - 1), (size,)).copy() for n in AFTER]
    lib.llama_free(context)
    lib.llama_model_free(model)
    return np.stack(rows)


def main():
    write_tiny_model, = sys.argv[1:]
    version = importlib.metadata.version
    models = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in TYPES:
            source, target = f"{folder}/source.gguf", f"{folder}/{name}.gguf"
            subprocess.run([write_tiny_model, source, name], check=True)
            checksum = rewrite(source, target)
            rows = logits(target).astype(np.float64)
            rows -= rows.max(axis=1, keepdims=True)
            rows -= np.log(np.exp(rows).sum(axis=1, keepdims=True))
            digits = 5 if name in ("F32", "F16", "BF16") else 4
            models[name] = {"crc32": checksum, "logprobs": [[round(x, digits) for x in row] for row in rows.tolist()]}
    source = (f"llama-cpp-python {version('llama-cpp-python')}, gguf {version('gguf')}; CPU, f32 KV cache, "
              "no flash attention")
    head = json.dumps({"source": source, "tokens": TOKENS, "after": AFTER})
    lines = [f"{json.dumps(name)}: {json.dumps(model, separators=(',', ':'))}" for name, model in models.items()]
    OUT.write_text(head[:-1] + ',\n"models": {\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    main()
