"""The tiny models of make_architectures.py: their configurations, special tokens and storage types."""

VOCABULARY = 280

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

# `leading`: the special tokens have the first ids and belong to the BPE vocabulary, instead of being added after it.
SPECIAL_TOKENS = {
    "llama2": {"tokens": ["<unk>", "<s>", "</s>"], "leading": True, "bos": "<s>", "eos": "</s>", "unk": "<unk>"},
    "llama3": {
        "tokens": ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        "leading": False,
        "bos": "<|begin_of_text|>",
        "eos": "<|eot_id|>",
    },
    "qwen": {
        "tokens": ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<extra_0>"],
        "leading": False,
        "eos": "<|im_end|>",
        "pad": "<|endoftext|>",
        "chat_template": CHATML,
    },
    "gemma": {
        "tokens": ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"],
        "leading": True,
        "bos": "<bos>",
        "eos": "<eos>",
        "pad": "<pad>",
        "unk": "<unk>",
    },
}


def sizes(layers=2, heads=2, kv_heads=1, head_dim=16, feed_forward=40, **others):
    return {
        "hidden_size": 32,
        "intermediate_size": feed_forward,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "head_dim": head_dim,
        "max_position_embeddings": 256,
    } | others


def llama(note, seed, config, **others):
    base = {"class": "LlamaForCausalLM", "family": "Llama", "pre_tokenizer": "llama-bpe", "specials": "llama3"}
    return base | {"dtype": "bfloat16", "gguf": "f16", "note": note, "seed": seed, "config": config} | others


def qwen2(note, seed, config, **others):
    base = {"class": "Qwen2ForCausalLM", "family": "Qwen2", "pre_tokenizer": "qwen2", "specials": "qwen"}
    config = {key: value for key, value in config.items() if key != "head_dim"}
    return base | {"dtype": "bfloat16", "note": note, "seed": seed, "config": config} | others


def gemma3(note, seed, config, **others):
    base = {"class": "Gemma3ForCausalLM", "family": "Gemma3Text", "pre_tokenizer": "gpt-2", "specials": "gemma"}
    config = {"sliding_window": 16, "hidden_activation": "gelu_pytorch_tanh"} | config
    return base | {"dtype": "bfloat16", "note": note, "seed": seed, "config": config, "long": True} | others


MODELS = {
    "llama2": llama(
        "multi-head attention, untied output",
        100,
        sizes(kv_heads=2, tie_word_embeddings=False, rms_norm_eps=1e-5, rope_theta=10000.0),
        pre_tokenizer="gpt-2",
        specials="llama2",
        dtype="float16",
    ),
    "qwen3": {
        "class": "Qwen3ForCausalLM",
        "family": "Qwen3",
        "pre_tokenizer": "qwen2",
        "specials": "qwen",
        "dtype": "bfloat16",
        "gguf": "bf16",
        "note": "norms on queries and keys, a head dimension that is not hidden size / heads, tied output",
        "seed": 200,
        "config": sizes(heads=4, kv_heads=2, head_dim=16, tie_word_embeddings=True, rope_theta=1e6),
    },
    "gemma3": gemma3(
        "5 sliding layers of window 16, a global one, a sliding one",
        300,
        sizes(layers=7, feed_forward=24, query_pre_attn_scalar=16, rope_theta=1e6, rope_local_base_freq=10000.0),
        gguf="f16",
    ),
}
