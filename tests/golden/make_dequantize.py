"""Writes dequantize.txt: random blocks of each stored type and their values by the `gguf` package's NumPy code.

Run: pip install gguf==0.19.0 && python make_dequantize.py > dequantize.txt
One line per type: name, stored bytes in hex, little-endian float32 values in hex.
"""

import numpy as np
from gguf import GGMLQuantizationType, quants
from gguf.constants import GGML_QUANT_SIZES

# Byte offsets of the binary16 fields of a block: random bytes there could be infinite or NaN.
HALVES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "IQ4_NL": [0],
    "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
    "F16": range(0, 2, 2), "BF16": [], "F32": [], "Q2_K": [80, 82],
}


def main():
    random = np.random.default_rng(20240611)
    for name, offsets in HALVES.items():
        kind = GGMLQuantizationType[name]
        block_elements, block_bytes = GGML_QUANT_SIZES[kind]
        blocks = {1: 64, 32: 3, 256: 2}[block_elements]
        if name == "F32":
            stored = random.standard_normal(blocks).astype(np.float32).view(np.uint8).reshape(blocks, 4)
        elif name == "BF16":
            wide = random.standard_normal(blocks).astype(np.float32).view(np.uint32)
            stored = (wide >> 16).astype(np.uint16).view(np.uint8).reshape(blocks, 2)
        else:
            stored = random.integers(0, 256, (blocks, block_bytes), dtype=np.uint8)
            for offset in offsets:
                halves = random.standard_normal(blocks).astype(np.float16)
                if name == "F16":
                    halves[:2] = [6e-8, -3e-5]  # subnormal
                stored[:, offset:offset + 2] = halves.view(np.uint8).reshape(blocks, 2)
        values = quants.dequantize(stored.reshape(-1), kind).astype(np.float32)
        print(name, stored.tobytes().hex(), values.tobytes().hex())


if __name__ == "__main__":
    main()
