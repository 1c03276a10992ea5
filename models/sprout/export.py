"""Writes a checkpoint as a GGUF file: `export.py CHECKPOINT OUT.gguf [--type q8_0|f16]`.

The generator becomes a plain Llama with tied embeddings; a checkpoint with a head becomes a reward model
(`cls.output`, one value per token). The same checkpoint gives the same bytes.
"""
import argparse
import pathlib

import gguf
import numpy as np

import model
import vocabulary
from checkpoint import load

# The question on one line, and a line end; the model continues with its steps.
CHAT_TEMPLATE = "{{ bos_token }}{{ messages[-1]['content'] | trim | replace('\\n', ' ') }}{{ '\\n' }}"
CONTEXT = 512


def interleave(weight: np.ndarray, heads: int) -> np.ndarray:
    """[out, in] of q or k: from halves that turn against each other to GGUF's neighbours that do."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def add_tokenizer(writer: gguf.GGUFWriter) -> None:
    tokens, merges = vocabulary.build()
    special, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([special if t in vocabulary.SPECIAL else normal for t in tokens])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(vocabulary.BOS)
    writer.add_eos_token_id(vocabulary.EOS)
    writer.add_pad_token_id(vocabulary.PAD)
    writer.add_add_bos_token(True)
    writer.add_chat_template(CHAT_TEMPLATE)


def add_metadata(writer: gguf.GGUFWriter, config: model.Config, name: str, scorer: bool) -> None:
    writer.add_name(name)
    writer.add_license("Apache-2.0")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(config.width)
    writer.add_block_count(config.layers)
    writer.add_feed_forward_length(config.feed_forward)
    writer.add_head_count(config.heads)
    writer.add_head_count_kv(config.kv_heads)
    writer.add_rope_dimension_count(config.head)
    writer.add_rope_freq_base(config.rope_base)
    writer.add_layer_norm_rms_eps(config.epsilon)
    writer.add_vocab_size(config.vocabulary)
    writer.add_string("espalier.prompt_format", "steps")
    if not scorer:
        writer.add_string("espalier.reward", "checker")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--type", choices=["f16", "q8_0"], default="q8_0")
    options = parser.parse_args()
    saved = load(options.checkpoint)
    config, weights = model.Config(*saved["config"]), saved["weights"]
    head = weights.get("head")
    writer = gguf.GGUFWriter(str(options.out), "llama")
    add_metadata(writer, config, "sprout-scorer" if head is not None else "sprout", head is not None)
    add_tokenizer(writer)
    kind = {"f16": gguf.GGMLQuantizationType.F16, "q8_0": gguf.GGMLQuantizationType.Q8_0}[options.type]

    def matrix(name: str, value: np.ndarray) -> None:
        value = np.ascontiguousarray(value, np.float32)
        writer.add_tensor(name, gguf.quants.quantize(value, kind), raw_dtype=kind)

    def vector(name: str, value: np.ndarray) -> None:
        writer.add_tensor(name, np.ascontiguousarray(value, np.float32))

    matrix("token_embd.weight", weights["embedding"])
    for i, layer in enumerate(weights["layers"]):
        vector(f"blk.{i}.attn_norm.weight", layer["attention_norm"])
        matrix(f"blk.{i}.attn_q.weight", interleave(layer["q"].T, config.heads))
        matrix(f"blk.{i}.attn_k.weight", interleave(layer["k"].T, config.kv_heads))
        matrix(f"blk.{i}.attn_v.weight", layer["v"].T)
        matrix(f"blk.{i}.attn_output.weight", layer["o"].T)
        vector(f"blk.{i}.ffn_norm.weight", layer["feed_forward_norm"])
        matrix(f"blk.{i}.ffn_gate.weight", layer["gate"].T)
        matrix(f"blk.{i}.ffn_up.weight", layer["up"].T)
        matrix(f"blk.{i}.ffn_down.weight", layer["down"].T)
    vector("output_norm.weight", weights["norm"])
    if head is not None:
        vector("cls.output.weight", head["weight"].reshape(1, -1))
        vector("cls.output.bias", head["bias"].reshape(1))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
