"""Which bar is met by which figures. Usage: bars_table_test.py FOLDER_OF_BARS_TABLE."""

import sys
import types
import unittest

sys.path.insert(0, sys.argv.pop(1))
import bars_table  # noqa: E402


def row(prefill, decode):
    return {
        "prefill_tps": prefill,
        "decode_tps": decode,
        "model_bytes": 100,
        "read_bandwidth": 10000.0,
        "load_seconds": 6.0,
    }


def measured(**engines):
    """Each engine: (prefill, decode) of every round, the same for all work."""
    work = [(128, 1), (128, 32), (512, 1)]
    figures = {name: {key: [row(*figure) for figure in rounds] for key in work} for name, rounds in engines.items()}
    wide = {"scheduling_share": 0.01, "sampling_share": 0.015, "file_bytes": 80, "kv_bytes": 20, "resident_bytes": 126}
    return {"figures": figures, "wide": wide, "rows": [row(1, 1)]}


def bars_of(model, **engines):
    return {bar["work"]: bar for bar in bars_table.model_bars(model, measured(**engines))}


class Bars(unittest.TestCase):
    def test_best_round_against_the_better_peer(self):
        bars = bars_of("1.5B", **{"Espalier": [(10, 90), (30, 60)], "llama.cpp": [(20, 40), (5, 30)], "OpenVINO": [(1, 45), (2, 9)]})
        self.assertEqual((bars["prefill 128"]["value"], bars["prefill 128"]["met"]), (1.5, "yes"))
        self.assertEqual((bars["decode, 32 branches"]["value"], bars["decode, 32 branches"]["met"]), (2, "yes"))
        self.assertEqual(bars["decode, 1 branch"]["value"], 2.25, "llama.cpp is the peer, not OpenVINO")
        self.assertEqual(bars["decode, 32 branches"]["spread"]["Espalier"], (60, 90))
        self.assertEqual(bars["load, seconds"]["met"], "no")

    def test_the_smaller_model_has_other_bars(self):
        bars = bars_of("0.5B", **{"Espalier": [(50, 29)], "llama.cpp": [(10, 10)]})
        self.assertEqual((bars["prefill 512"]["bar"], bars["prefill 512"]["met"]), (3, "stretch"))
        self.assertEqual(bars["decode, 32 branches"]["met"], "no")
        self.assertEqual(bars["1 branch, share of reads"]["value"], 0.29)
        self.assertNotIn("load, seconds", bars)

    def test_at_most(self):
        bars = bars_of("0.5B", **{"Espalier": [(1, 1)], "llama.cpp": [(1, 1)]})
        self.assertEqual(bars["64 branches, scheduling and sampling"]["met"], "yes")
        self.assertEqual(bars["64 branches, memory over file + KV + 25 %"]["met"], "no", "126 of 125")

    def test_without_peers_no_ratios(self):
        bars = bars_of("135M", Espalier=[(1, 1)])
        self.assertNotIn("prefill 128", bars)
        self.assertIn("1 branch, share of reads", bars)

    def test_kernels(self):
        attention = {
            "m/Decode64/shared": {"real_time": 10, "read_MB": 1.0},
            "m/Decode64/ignored": {"real_time": 30, "read_MB": 30.0},
            "m/Decode64/copies": {"real_time": 55, "read_MB": 30.0},
        }
        (bar,) = bars_table.attention_bars(attention)
        self.assertEqual((bar["value"], bar["met"], bar["model"]), (5.5, "yes", "m"))
        matmul = {"MatMul/Q4_K/8x8/32": {"int8_peak_%": 71}, "MatMul/Q4_K/9x9/128": {"int8_peak_%": 49}}
        (bar,) = bars_table.matmul_bars(matmul)
        self.assertEqual((bar["value"], bar["met"], bar["detail"]), (0.49, "no", "worst: 9x9/128"))
        self.assertEqual(bars_table.attention_bars(None) + bars_table.matmul_bars(None), [])

    def test_every_line_of_the_table_has_its_cells(self):
        bars = list(bars_of("135M", **{"Espalier": [(2, 2)], "llama.cpp": [(1, 1)]}).values())
        lines = bars_table.render(bars, types.SimpleNamespace(threads=2, rounds=1)).splitlines()[2:]
        self.assertEqual(len(lines), 2 + len(bars))
        self.assertEqual({line.count("|") for line in lines}, {lines[0].count("|")})


if __name__ == "__main__":
    unittest.main()
