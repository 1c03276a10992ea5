"""llama.cpp through its low-level C interface, as a reference for Espalier's numbers and speed.

Needs: pip install llama-cpp-python numpy jinja2. CPU only; f16 KV cache and flash attention off unless asked for.
"""

import ctypes
import os

import llama_cpp as lib
import numpy as np
from llama_cpp.llama_chat_format import Jinja2ChatFormatter


@lib.llama_log_callback
def _quiet(level, text, user_data):
    pass


class Peer:
    """One model and one context. All sequences start at position 0; `context` counts tokens over all sequences."""

    def __init__(
        self, file, context, sequences=1, threads=None, batch=512, flash_attention=False, f32_cache=False
    ):
        lib.llama_backend_init()
        lib.llama_log_set(_quiet, ctypes.c_void_p(0))
        model_options = lib.llama_model_default_params()
        model_options.n_gpu_layers = 0
        self.model = lib.llama_model_load_from_file(file.encode(), model_options)
        if not self.model:
            raise SystemExit(f"cannot load {file}: give a GGUF file that llama.cpp supports")
        self.vocab = lib.llama_model_get_vocab(self.model)
        self.vocab_size = lib.llama_vocab_n_tokens(self.vocab)
        options = lib.llama_context_default_params()
        options.n_ctx = context
        options.n_batch = options.n_ubatch = batch
        options.n_seq_max = sequences
        options.n_threads = options.n_threads_batch = threads or os.cpu_count()
        options.flash_attn_type = (
            lib.LLAMA_FLASH_ATTN_TYPE_ENABLED if flash_attention else lib.LLAMA_FLASH_ATTN_TYPE_DISABLED
        )
        if f32_cache:
            options.type_k = options.type_v = lib.GGML_TYPE_F32
        options.kv_unified = True  # forked sequences share the cells of their prefix
        self.context = lib.llama_init_from_model(self.model, options)
        if not self.context:
            raise SystemExit(f"cannot create a context of {context} tokens: give a smaller one")
        self.memory = lib.llama_get_memory(self.context)
        self._batch_size = batch
        self._batch = lib.llama_batch_init(batch, 0, 1)

    def adds_bos(self):
        return lib.llama_vocab_get_add_bos(self.vocab)

    def bos(self):
        return lib.llama_vocab_bos(self.vocab)

    def is_end(self, token):
        return lib.llama_vocab_is_eog(self.vocab, token)

    def tokenize(self, text, add_bos, special=False):
        data = text.encode()
        ids = (lib.llama_token * (len(data) + 8))()
        count = lib.llama_tokenize(self.vocab, data, len(data), ids, len(ids), add_bos, special)
        if count < 0:
            raise SystemExit("llama.cpp could not tokenise the text")
        return list(ids[:count])

    def piece(self, token):
        buffer = ctypes.create_string_buffer(256)
        length = lib.llama_token_to_piece(self.vocab, token, buffer, len(buffer), 0, True)
        return buffer.raw[:length]

    def text(self, tokens):
        return b"".join(self.piece(token) for token in tokens).decode(errors="replace")

    def chat_prompt(self, messages):
        """The messages through the model file's own chat template, up to the assistant's turn."""
        template = lib.llama_model_chat_template(self.model, None).decode()
        end = self.piece(lib.llama_vocab_eos(self.vocab)).decode()
        bos = self.piece(self.bos()).decode() if self.bos() >= 0 else ""
        return Jinja2ChatFormatter(template, eos_token=end, bos_token=bos)(messages=messages).prompt

    def clear(self):
        lib.llama_memory_clear(self.memory, False)

    def forget(self, sequence):
        lib.llama_memory_seq_rm(self.memory, sequence, -1, -1)

    def fork(self, sequence, copies):
        """Makes the sequences `copies` share everything of `sequence`."""
        for copy in copies:
            lib.llama_memory_seq_cp(self.memory, sequence, copy, -1, -1)

    def decode(self, rows):
        """rows: (token, position, sequence, wants_logits). Returns float32 logits [wanting rows, vocabulary]."""
        logits = []
        for start in range(0, len(rows), self._batch_size):
            logits += self._decode_batch(rows[start : start + self._batch_size])
        return np.stack(logits) if logits else np.empty((0, self.vocab_size), np.float32)

    def prefill(self, tokens, sequence=0):
        """Computes `tokens` from position 0 and returns the logits after the last of them."""
        last = len(tokens) - 1
        return self.decode([(token, i, sequence, i == last) for i, token in enumerate(tokens)])[0]

    def draw(self, rows, samplers):
        """Computes at most a batch of rows (as for decode) and draws the next token of each that wants logits."""
        self._compute(rows)
        wanting = [i for i, row in enumerate(rows) if row[3]]
        return [lib.llama_sampler_sample(sampler, self.context, i) for sampler, i in zip(samplers, wanting)]

    def sampler(self, temperature, seed):
        """The chain of llama.cpp's server with its defaults."""
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        for part in (
            lib.llama_sampler_init_top_k(40),
            lib.llama_sampler_init_top_p(0.95, 1),
            lib.llama_sampler_init_min_p(0.05, 1),
            lib.llama_sampler_init_temp(temperature),
            lib.llama_sampler_init_dist(seed),
        ):
            lib.llama_sampler_chain_add(chain, part)
        return chain

    def free_sampler(self, sampler):
        lib.llama_sampler_free(sampler)

    def _compute(self, rows):
        batch = self._batch
        batch.n_tokens = len(rows)
        for i, (token, position, sequence, wants_logits) in enumerate(rows):
            batch.token[i] = token
            batch.pos[i] = position
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = sequence
            batch.logits[i] = wants_logits
        if lib.llama_decode(self.context, batch) != 0:
            raise SystemExit("llama_decode failed: give a larger context")

    def _decode_batch(self, rows):
        self._compute(rows)
        wanting = [i for i, row in enumerate(rows) if row[3]]
        return [
            np.ctypeslib.as_array(lib.llama_get_logits_ith(self.context, i), (self.vocab_size,)).copy()
            for i in wanting
        ]


def log_softmax(logits):
    """Natural-log probabilities over the last axis, in double."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
