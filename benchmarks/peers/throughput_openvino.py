"""Speed of OpenVINO GenAI: prefill of one prompt, then decoding of branches that share it.

    python throughput_openvino.py --model MODEL.gguf --prompt 128,512 --branches 1,8,32 --generate 64

Needs: pip install openvino-genai numpy. The rows and the rules of throughput.py. Continuous batching with prefix
caching, everything else as it is by default; branches are requests with one prompt, which the cache holds. It reads
the SmolLM2-135M and the Qwen2.5-Coder-1.5B of the catalog, but not the Q5_0 tensors of the 0.5B.
"""

import os
import time

import numpy as np
import openvino
import openvino_genai as genai
from throughput import parse_options, print_rows


class OpenVino:
    def __init__(self, file, threads, most_branches):
        options = genai.SchedulerConfig()
        options.enable_prefix_caching = True
        options.cache_size = 1  # GB
        options.max_num_seqs = most_branches
        options.max_num_batched_tokens = max(1024, most_branches)
        try:
            self.pipeline = genai.ContinuousBatchingPipeline(
                file, genai.Tokenizer(file), options, "CPU", INFERENCE_NUM_THREADS=threads
            )
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise SystemExit(f"{file}: OpenVINO GenAI cannot read it ({reason}); give one with other tensors") from None
        self._requests = 0
        self._random = np.random.default_rng(0)

    def measure(self, length, branches, generate):
        """Returns (prefill tokens/s, decode tokens/s) of a new prompt."""
        prompt = self._random.integers(1000, 30000, (1, length)).astype(np.int64)
        prefill = self._step_seconds(prompt, 1, 1)
        decode = self._step_seconds(prompt, branches, generate + 1)[1:]  # the first draws from the cached prompt
        return length / sum(prefill), branches * len(decode) / sum(decode)

    def _step_seconds(self, prompt, branches, generate):
        """Greedy; end tokens are ignored."""
        options = genai.GenerationConfig()
        options.max_new_tokens = generate
        options.do_sample = False
        options.ignore_eos = True
        handles = []  # a request ends with its handle
        for _ in range(branches):
            self._requests += 1
            handles.append(self.pipeline.add_request(self._requests, openvino.Tensor(prompt), options))
        seconds = []
        while self.pipeline.has_non_finished_requests():
            started = time.perf_counter()
            self.pipeline.step()
            seconds.append(time.perf_counter() - started)
        return seconds


def main():
    options = parse_options(__doc__)
    peer = OpenVino(options.model, options.threads or os.cpu_count(), max(options.branches))
    peer.measure(32, 1, 2)  # the first inference compiles
    print_rows(options, peer.measure)


if __name__ == "__main__":
    main()
