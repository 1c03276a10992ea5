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
    "llama3": llama(
        "rope scaling of kind llama3 with frequencies in all three of its bands, tied output, a head dimension that is "
        "not hidden size / heads; two shards",
        110,
        sizes(
            heads=4,
            kv_heads=2,
            tie_word_embeddings=True,
            rms_norm_eps=1e-5,
            rope_theta=500000.0,
            rope_scaling={
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 64,
                "rope_type": "llama3",
            },
        ),
        long=True,
        shard="36KB",
    ),
    "llama-linear": llama(
        "rope scaling of kind linear, under the older key `type`",
        120,
        sizes(tie_word_embeddings=True, rope_theta=10000.0, rope_scaling={"type": "linear", "factor": 4.0}),
        dtype="float16",
    ),
    "llama-yarn": llama(
        "rope scaling of kind yarn, in the newest style of config.json (`rope_parameters`)",
        130,
        sizes(
            tie_word_embeddings=True,
            rope_parameters={
                "rope_theta": 10000.0,
                "rope_type": "yarn",
                "factor": 4.0,
                "original_max_position_embeddings": 64,
            },
        ),
        long=True,
        newest=True,
    ),
    "llama-bias": llama(
        "biases on queries, keys, values and the attention's output; stored in float32 everywhere",
        140,
        sizes(tie_word_embeddings=True, attention_bias=True, feed_forward=24, rope_theta=10000.0),
        dtype="float32",
        gguf="f32",
    ),
    "mistral": {
        "class": "MistralForCausalLM",
        "family": "Mistral",
        "pre_tokenizer": "smollm",
        "specials": "llama2",
        "dtype": "bfloat16",
        "gguf": "f16",
        "note": "sliding window 16 in every layer, head_dim set, tied output. The GGUF file does not hold the window "
        "and llama.cpp computes full attention, so from position 16 on its numbers differ",
        "seed": 150,
        "config": sizes(
            heads=4, kv_heads=2, head_dim=24, feed_forward=32, sliding_window=16, rope_theta=10000.0, tie_word_embeddings=True
        ),
        "long": True,
    },
    "qwen2": qwen2(
        "biases on queries, keys and values, tied output; a window that use_sliding_window=false turns off",
        160,
        sizes(tie_word_embeddings=True, rope_theta=1e6, sliding_window=16, use_sliding_window=False),
        gguf="f16",
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
    "gemma3-linear": gemma3(
        "as gemma3, and linear rope scaling in the global layer; the newest style of config.json (`rope_parameters` for "
        "each kind of layer)",
        310,
        sizes(
            layers=7,
            feed_forward=24,
            query_pre_attn_scalar=16,
            rope_parameters={
                "full_attention": {"rope_theta": 1e6, "rope_type": "linear", "factor": 8.0},
                "sliding_attention": {"rope_theta": 10000.0, "rope_type": "default"},
            },
        ),
        gguf="f16",
        newest=True,
    ),
    "gemma3-scalar": gemma3(
        "query_pre_attn_scalar is not the head dimension, and layer_types is not the usual 5 to 1. GGUF has keys for "
        "neither, so there is no GGUF file",
        320,
        sizes(
            layers=3,
            query_pre_attn_scalar=8,
            rope_theta=1e6,
            rope_local_base_freq=10000.0,
            layer_types=["sliding_attention", "full_attention", "sliding_attention"],
        ),
    ),
    "qwen2-process-reward": qwen2(
        "score.0, ReLU, score.2: the two-layer head with two outputs of Qwen2.5-Math-PRM; outputs before the softmax",
        170,
        sizes(feed_forward=24, rope_theta=1e6, tie_word_embeddings=False),
        **{"class": "Qwen2ForProcessRewardModel"},
    ),
    "qwen2-reward": qwen2(
        "score.weight with one output (Qwen2ForSequenceClassification)",
        180,
        sizes(feed_forward=24, rope_theta=1e6, tie_word_embeddings=False, num_labels=1),
        **{"class": "Qwen2ForSequenceClassification"},
    ),
    "qwen2-value-head": qwen2(
        "v_head.summary.weight and .bias: the scalar head of trl and Skywork-o1-Open-PRM; outputs before the sigmoid",
        190,
        sizes(feed_forward=24, rope_theta=1e6, tie_word_embeddings=False),
        **{"class": "Qwen2ForPrmModel"},
    ),
    "llama-token-classification": llama(
        "score.weight and score.bias with two outputs (LlamaForTokenClassification)",
        145,
        sizes(feed_forward=24, rope_theta=10000.0, tie_word_embeddings=False, num_labels=2),
        **{"class": "LlamaForTokenClassification", "gguf": None},
    ),
    "llama-reward": llama(
        "score.weight with two outputs (LlamaForSequenceClassification)",
        146,
        sizes(feed_forward=24, rope_theta=10000.0, tie_word_embeddings=False, num_labels=2),
        **{"class": "LlamaForSequenceClassification", "gguf": None},
    ),
}
