#!/usr/bin/env python3
"""Writes tests/golden/architectures/: tiny random models of each architecture and what two peers compute with them.

    python make_architectures.py --converter LLAMA_CPP [--only NAME ...]

Each NAME/ holds a model as PyPI's `transformers` saves it and NAME.gguf, made of it by llama.cpp's own converter.
goldens.json holds, for each model, token sequences with their next-token log-probabilities, a greedy continuation, and
the outputs of its head, if it has one; README.md says how the file is laid out.

Needs PyPI's torch, transformers, tokenizers, safetensors, sentencepiece and llama-cpp-python, and LLAMA_CPP, the folder
with convert_hf_to_gguf.py of the llama.cpp that llama-cpp-python's source package contains (vendor/llama.cpp).
Models marked `newest` in architecture_models.py need transformers 5, which writes `rope_parameters`; the others need
transformers 4, which writes `rope_theta` and `rope_scaling`. So run the script once with each version: it makes the
models that belong to the version it finds and leaves the others as they are.
"""

import argparse
import copy
import json
import logging
import pathlib
import sys
import tempfile
import zlib

import numpy as np
import tokenizers
import torch
import transformers
from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers, processors, trainers

from architecture_models import MODELS, SPECIAL_TOKENS, VOCABULARY

HERE = pathlib.Path(__file__).parent
OUT = HERE / "architectures"
sys.path.insert(0, str(HERE.parent.parent / "benchmarks" / "peers"))

CORPUS = HERE.parent.parent / "benchmarks" / "data" / "gsm8k_train_text.txt"
QUESTION = "How many are left?"
GREEDY_TOKENS = 24
# A greedy continuation is a golden only where no step is nearly a tie and the text is not one token over and over.
LEAST_MARGIN = 0.05
LEAST_DIFFERENT = 10
# Up to here the peers count as agreeing: both compute in float32, in different orders, and llama.cpp takes GELU from a
# table in half precision.
AGREEMENT = 2e-2

WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PRE_TOKENIZERS = {
    "llama-bpe": [pre_tokenizers.Split(Regex(WORDS + r"\p{N}{1,3}" + REST), "isolated"),
                  pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)],
    "qwen2": [pre_tokenizers.Split(Regex(WORDS + r"\p{N}" + REST), "isolated"),
              pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)],
    "smollm": [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)],
    "gpt-2": [pre_tokenizers.ByteLevel(add_prefix_space=False)],
}


class ProcessRewardModel(transformers.Qwen2PreTrainedModel):
    """Qwen2 with the two-layer head of Qwen2.5-Math-PRM, under the names that model's files give the tensors."""

    def __init__(self, config):
        super().__init__(config)
        self.model = transformers.Qwen2Model(config)
        width = config.hidden_size
        self.score = torch.nn.Sequential(torch.nn.Linear(width, width), torch.nn.ReLU(), torch.nn.Linear(width, 2))
        self.post_init()


class ValueHead(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.summary = torch.nn.Linear(width, 1)

    def forward(self, hidden):
        return self.summary(hidden)


class ValueHeadModel(transformers.Qwen2PreTrainedModel):
    """Qwen2 with one linear layer of one output, named as trl and Skywork-o1-Open-PRM name it."""

    def __init__(self, config):
        super().__init__(config)
        self.model = transformers.Qwen2Model(config)
        self.v_head = ValueHead(config.hidden_size)
        self.post_init()


HEAD_CLASSES = {"Qwen2ForProcessRewardModel": ProcessRewardModel, "Qwen2ForPrmModel": ValueHeadModel}


def make_tokenizer(spec):
    """A byte-level BPE of a few merges with the specials of the model family, wrapped as transformers saves it."""
    kind = spec["pre_tokenizer"]
    specials = SPECIAL_TOKENS[spec["specials"]]
    tokenizer = tokenizers.Tokenizer(models.BPE(ignore_merges=kind == "llama-bpe"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(PRE_TOKENIZERS[kind])
    tokenizer.decoder = decoders.ByteLevel()
    if kind == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    leading = specials["tokens"] if specials["leading"] else []
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - 4 - (0 if leading else len(specials["tokens"])),
        special_tokens=leading,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator([CORPUS.read_text(encoding="utf-8")[:20000]], trainer)
    tokenizer.add_special_tokens(specials["tokens"])
    if "bos" in specials:
        bos = specials["bos"]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1", special_tokens=[(bos, tokenizer.token_to_id(bos))])
    roles = {role + "_token": specials[role] for role in ("bos", "eos", "pad", "unk") if role in specials}
    wrapped = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **roles)
    wrapped.chat_template = specials.get("chat_template")
    wrapped.model_max_length = spec["config"]["max_position_embeddings"]
    return wrapped


def round_weights(values):
    """To numbers that float32, bfloat16 and float16 all hold exactly, so that a model is the same in each type."""
    rounded = torch.from_numpy(values.astype(np.float32)).to(torch.bfloat16)
    rounded[rounded.abs() < 2.0**-14] = 0
    return rounded


def initialise(model, seed):
    gemma = "gemma" in model.config.model_type
    for name, parameter in model.named_parameters():
        source = np.random.default_rng([seed, zlib.crc32(name.encode())])
        if "norm" in name:
            values = source.uniform(0.5, 1.5, parameter.shape) * (4 if gemma and name == "model.norm.weight" else 1) - gemma
        elif name.endswith("bias"):
            values = source.normal(0, 0.3, parameter.shape)
        elif "embed" in name or "lm_head" in name:
            values = source.normal(0, 0.1 if gemma else 0.4, parameter.shape)
        else:
            values = source.normal(0, 1.3 / parameter.shape[-1] ** 0.5, parameter.shape)
        parameter.data.copy_(round_weights(values))


def make_config(spec, tokenizer):
    roles = {role + "_id": getattr(tokenizer, role + "_id") for role in ("bos_token", "eos_token", "pad_token")}
    config_class = getattr(transformers, spec["family"] + "Config")
    return config_class(vocab_size=VOCABULARY, **roles, **spec["config"])


def make_model(spec, tokenizer, seed):
    config = make_config(spec, tokenizer)
    config._attn_implementation = "eager"
    name = spec["class"]
    model = HEAD_CLASSES[name](config) if name in HEAD_CLASSES else getattr(transformers, name)(config)
    model = model.float().eval()
    initialise(model, seed)
    model.tie_weights()
    if name not in HEAD_CLASSES and hasattr(model, "lm_head"):
        model.generation_config = transformers.GenerationConfig(
            bos_token_id=config.bos_token_id, eos_token_id=config.eos_token_id, pad_token_id=config.pad_token_id,
            do_sample=True, temperature=0.7, top_p=0.8, top_k=20)
    return model


def save_model(model, tokenizer, spec, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    typed = copy.deepcopy(model).to(getattr(torch, spec["dtype"]))  # a copy: .to() also rounds the rope frequencies
    setattr(typed.config, "dtype", getattr(torch, spec["dtype"]))
    if spec["class"] in HEAD_CLASSES:
        HEAD_CLASSES[spec["class"]].__name__ = spec["class"]
    typed.save_pretrained(folder, max_shard_size=spec.get("shard", "1GB"))
    tokenizer.save_pretrained(folder)
    for file in folder.iterdir():
        file.chmod(0o644)


def log_softmax(logits):
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


class TransformersPeer:
    """Every call computes the whole sequence anew: no cache that could differ."""

    def __init__(self, model):
        self._model = model

    @torch.no_grad()
    def logprobs(self, tokens):
        return log_softmax(self._model(torch.tensor([tokens]), use_cache=False).logits[0].numpy())

    @torch.no_grad()
    def scores(self, tokens):
        hidden = self._model.model(torch.tensor([tokens]), use_cache=False).last_hidden_state
        head = self._model.v_head if hasattr(self._model, "v_head") else self._model.score
        return head(hidden)[0].numpy()


class LlamaCppPeer:
    def __init__(self, file):
        from peer import Peer

        self._peer = Peer(str(file), context=512, threads=1, f32_cache=True)

    def logprobs(self, tokens):
        self._peer.clear()
        logits = self._peer.decode([(token, i, 0, True) for i, token in enumerate(tokens)])
        return log_softmax(logits)

    def tokenize(self, text):
        return self._peer.tokenize(text, add_bos=self._peer.adds_bos())


def convert(folder, file, kind, converter):
    """folder to the GGUF file by llama.cpp's converter; `kind` is the storage type. The hash by which the converter
    tells pre-tokenizers apart knows only published vocabularies, so the name is given."""
    for path in (converter, converter / "gguf-py"):
        if str(path) not in sys.path:
            sys.path.insert(0, str(path))
    import conversion.base
    import convert_hf_to_gguf

    name, pre_tokenizer = file.stem, MODELS[folder.name]["pre_tokenizer"]
    conversion.base.TextModel.get_vocab_base_pre = lambda self, tokenizer: pre_tokenizer
    arguments, sys.argv = sys.argv, ["convert_hf_to_gguf.py", str(folder), "--outfile", str(file), "--outtype", kind,
                                     "--model-name", name]
    try:
        convert_hf_to_gguf.main()
    finally:
        sys.argv = arguments
        logging.getLogger().setLevel(logging.WARNING)


def greedy(peer, tokens):
    """(continuation, the least difference of the two best log-probabilities on the way)"""
    continuation, margin = [], np.inf
    for _ in range(GREEDY_TOKENS):
        last = peer.logprobs(tokens + continuation)[-1]
        best = np.argsort(-last, kind="stable")[:2]
        margin = min(margin, last[best[0]] - last[best[1]])
        continuation.append(int(best[0]))
    return continuation, float(margin)


def text_of_length(tokenizer, start, length):
    """A piece of the corpus from `start` on with at most `length` tokens."""
    text = CORPUS.read_text(encoding="utf-8")[start:]
    end = length * 4
    while len(tokenizer.encode(text[:end])) > length:
        end -= 1
    return text[:end]


def make_texts(tokenizer, spec):
    lengths = [56] + ([150] if spec.get("long") else [])
    return [QUESTION] + [text_of_length(tokenizer, 20000 + 500 * i, length) for i, length in enumerate(lengths)]


def choose_seed(spec, tokenizer, prompt):
    for seed in range(spec["seed"], spec["seed"] + 500):
        model = make_model(spec, tokenizer, seed)
        continuation, margin = greedy(TransformersPeer(model), prompt)
        if margin >= LEAST_MARGIN and len(set(continuation)) >= LEAST_DIFFERENT:
            return seed
    raise SystemExit("no seed gives a clear greedy continuation: lower LEAST_MARGIN")


def expectation(peer, tokens):
    logprobs = peer.logprobs(tokens)
    best = logprobs.argmax(axis=1)
    return {
        "best": best.tolist(),
        "best_logprobs": [round(float(value), 5) for value in logprobs.max(axis=1)],
        "last_logprobs": [round(float(value), 4) for value in logprobs[-1]],
    }


def largest_difference(one, other, sequences):
    return max(float(np.abs(one.logprobs(tokens) - other.logprobs(tokens)).max()) for tokens in sequences)


def language_goldens(name, spec, model, sequences, converter):
    peer = TransformersPeer(model)
    continuation, margin = greedy(peer, sequences[1])
    golden = {"cases": [{"tokens": tokens} | expectation(peer, tokens) for tokens in sequences],
              "greedy": {"prompt": 1, "tokens": continuation, "margin": round(margin, 3)}}
    kind = spec.get("gguf")
    if kind is None:
        return golden
    file = OUT / name / f"{name}.gguf"
    convert(OUT / name, file, kind, converter)
    with tempfile.TemporaryDirectory() as scratch:
        full = pathlib.Path(scratch) / f"{name}.gguf"
        convert(OUT / name, full, "f32", converter)
        other, stored = LlamaCppPeer(full), LlamaCppPeer(file)
    difference = largest_difference(peer, other, sequences)
    golden["peer_difference"] = float(f"{difference:.2g}")
    golden["peer_difference_stored"] = float(f"{largest_difference(peer, stored, sequences):.2g}")
    other_continuation, other_margin = greedy(other, sequences[1])
    if difference > AGREEMENT:
        golden["llama.cpp"] = {
            "cases": [expectation(other, tokens) for tokens in sequences],
            "greedy": {"prompt": 1, "tokens": other_continuation, "margin": round(other_margin, 3)},
        }
    print(f"{name}: llama.cpp differs by {difference:.2g} (f32 file), "
          f"{golden['peer_difference_stored']} ({kind} file); same greedy tokens: {continuation == other_continuation}")
    return golden, other


def make(name, spec, converter):
    tokenizer = make_tokenizer(spec)
    texts = make_texts(tokenizer, spec)
    sequences = [tokenizer.encode(text) for text in texts]
    has_head = not spec["class"].endswith("ForCausalLM")
    seed = spec["seed"] if has_head else choose_seed(spec, tokenizer, sequences[1])
    model = make_model(spec, tokenizer, seed)
    save_model(model, tokenizer, spec, OUT / name)
    if has_head:
        peer = TransformersPeer(model)
        cases = [{"tokens": tokens, "scores": [[round(float(x), 5) for x in row] for row in peer.scores(tokens)]}
                 for tokens in sequences]
        golden = {"cases": cases}
    else:
        golden = language_goldens(name, spec, model, sequences, converter)
        if isinstance(golden, tuple):
            golden, other = golden
            for text, tokens in zip(texts, sequences):
                assert other.tokenize(text) == tokens, f"{name}: llama.cpp tokenises {text!r} otherwise"
    for case, text in zip(golden["cases"], texts):
        case["text"] = text
    head = {"note": spec["note"], "seed": seed, "transformers": transformers.__version__}
    return head | golden


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--converter", type=pathlib.Path, required=True, help="llama.cpp's folder")
    parser.add_argument("--only", nargs="*", help="names of models; all of this version of transformers by default")
    options = parser.parse_args()

    import llama_cpp

    torch.set_num_threads(1)
    newest = int(transformers.__version__.split(".")[0]) >= 5
    file = OUT / "goldens.json"
    goldens = json.loads(file.read_text(encoding="utf-8"))["models"] if file.exists() else {}
    for name, spec in MODELS.items():
        if spec.get("newest", False) == newest and (not options.only or name in options.only):
            goldens[name] = make(name, spec, options.converter)
    source = (f"transformers (version at each model), torch {torch.__version__.split('+')[0]}, float32, eager attention; "
              f"llama.cpp of llama-cpp-python {llama_cpp.__version__}, f32 weights and cache, flash attention off")
    rows = [f"{json.dumps(name)}:\n{json.dumps(goldens[name], ensure_ascii=False)}" for name in MODELS if name in goldens]
    text = f'{{"source": {json.dumps(source)},\n"models": {{\n' + ",\n".join(rows) + "\n}}\n"
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
