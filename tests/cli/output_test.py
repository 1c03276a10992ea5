"""What commands print: the fields that other programs read, and that runs can be repeated."""

import json
import math
import os
import unittest

import command_line
from command_line import CommandLineTest, path, problems, run


def tokens_of(records):
    """All that a seed fixes: everything but times, cache hits and what was drawn in vain."""
    kept = []
    for record in records:
        tokens = {kind: record["tokens"][kind] for kind in ("prefill", "expansion", "aggregation")}
        fixed = ("id", "answer", "correct", "program", "stop_reason", "certainty", "branches")
        kept.append([tokens, *(record[field] for field in fixed)])
    return kept


class Solve(CommandLineTest):
    def test_fields(self):
        file = path("fields.jsonl", '{"question": "2 + 5?", "answer": 7, "id": "a"}\n\n{"question": "Is it?"}\n')
        records, summary = self.solve("--file", file, "--program", "sc:n=3,max_tokens=12")
        self.assertEqual([record["id"] for record in records], ["a", "3"])  # the line's number without an id
        self.assertEqual([record["gold"] for record in records], ["7", ""])
        for record in records:
            self.assertIsInstance(record["answer"], str)
            self.assertIsInstance(record["correct"], bool)
            self.assertEqual(record["program"], "sc:n=3,max_tokens=12")
            self.assertIn(record["stop_reason"], ("all_voted", "decided_vote"))
            self.assertGreater(record["seconds"], 0)
            for kind in ("prefill", "expansion", "aggregation", "cached", "discarded"):
                self.assertGreaterEqual(record["tokens"][kind], 0)
            self.assertGreater(record["tokens"]["prefill"], 0)
            self.assertLessEqual(record["tokens"]["expansion"], 36)
        self.assertIs(records[1]["correct"], False)
        self.assertTrue(0 <= summary["accuracy"] <= 1)
        self.assertEqual(summary["problems"], 2)
        self.assertEqual(summary["tokens"]["expansion"], sum(r["tokens"]["expansion"] for r in records))

    def test_problem_and_several_programs(self):
        arguments = ["--problem", "Häuser: \u2026?", "--program", "cot:max_tokens=4;sc:n=2,max_tokens=4"]
        *lines, first, second = self.json_lines("solve", "--model", command_line.MODEL, *arguments)
        self.assertEqual([(line["id"], line["gold"], line["correct"]) for line in lines], [("1", "", False)] * 2)
        programs = ["cot:max_tokens=4", "sc:n=2,max_tokens=4"]
        self.assertEqual([line["program"] for line in lines], programs)
        self.assertEqual([summary["summary"]["program"] for summary in (first, second)], programs)

    def test_limit(self):
        file = problems("limit.jsonl", ["One?", "Two?", "Three?"])
        records, summary = self.solve("--file", file, "--limit", "2", "--program", "cot:max_tokens=2")
        self.assertEqual(([record["id"] for record in records], summary["problems"]), (["1", "2"], 2))
        records, _ = self.solve("--file", file, "--limit", "99", "--program", "cot:max_tokens=2")
        self.assertEqual(len(records), 3)

    def test_same_seed_same_tokens(self):
        file = problems("seeds.jsonl", ["How many apples?", "How many pears?"])
        arguments = ["--file", file, "--program", "sc:n=4,max_tokens=24"]
        first, _ = self.solve(*arguments, "--threads", "1")
        for more in (["--threads", "1"], ["--threads", "2"], ["--in-flight", "1"], ["--seed", "0"]):
            again, _ = self.solve(*arguments, *more)
            self.assertEqual(tokens_of(again), tokens_of(first), more)
        other, _ = self.solve(*arguments, "--seed", "1")
        for record, changed in zip(first, other):
            self.assertNotEqual(record["branches"], changed["branches"])
        # Each branch has random numbers of its own.
        self.assertEqual(len({branch["text"] for branch in first[0]["branches"]}), 4)
        # What else is in the file does not matter.
        alone, _ = self.solve("--file", problems("alone.jsonl", ["How many pears?"]), *arguments[2:])
        self.assertEqual(tokens_of(alone)[0][2:], tokens_of(first)[1][2:])

    def test_too_long_a_problem_spoils_no_other(self):
        file = problems("long.jsonl", ["How many?", "many " * 2000, "How few?"])
        program = ["--program", "cot:max_tokens=3"]
        code, out, err = run("solve", "--model", command_line.MODEL, "--file", file, *program, "--json", "--quiet")
        self.assertEqual(code, 1)
        self.assert_error_line(err, "1 problem could not be solved")
        *records, last = [command_line.json.loads(line) for line in out.splitlines()]
        self.assertEqual([record["stop_reason"] == "error" for record in records], [False, True, False])
        self.assertEqual(["error" in record for record in records], [False, True, False])
        self.assertIn("at most 511", records[1]["error"])  # of the context, and one to generate
        self.assertEqual((last["summary"]["problems"], last["summary"]["failed"]), (3, 1))

    def test_more_branches_than_pages(self):
        program = ["--problem", "How many?", "--program", "sc:n=32,max_tokens=16"]
        roomy, _ = self.solve(*program)
        tight, _ = self.solve(*program, "--kv-memory", "48K")  # 12 pages, 6 of them the prompt's
        self.assertEqual(tokens_of(tight), tokens_of(roomy))
        # Not even the prompt fits.
        tight = [*program, "--kv-memory", "12K", "--json", "--quiet"]
        code, out, err = run("solve", "--model", command_line.MODEL, *tight)
        self.assertEqual(code, 1)
        self.assert_error_line(err)
        error = command_line.json.loads(out.splitlines()[0])["error"]
        self.assertIn("the prompt has 80 tokens, but at most 47 fit", error)

    def test_table_for_people(self):
        file = problems("people.jsonl", ["How many?"])
        program = ["--program", "cot:max_tokens=2"]
        code, out, err = run("solve", "--model", command_line.MODEL, "--file", file, *program, "--quiet")
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"cot:max_tokens=2 +0 of 1 ")


class Numerics(CommandLineTest):
    def test_logits(self):
        arguments = ["logits", "--model", command_line.MODEL, "--prompt", "[the hen]"]
        (all_tokens,) = self.json_lines(*arguments, "--top", "1000")
        (few,) = self.json_lines(*arguments, "--top", "5")
        self.assertEqual(few["top"], all_tokens["top"][:5])
        self.assertEqual(few["tokens"], self.ids("--text", "[the hen]")[0])
        logprobs = [token["logprob"] for token in all_tokens["top"]]
        self.assertEqual((len(logprobs), logprobs), (299, sorted(logprobs, reverse=True)))
        self.assertAlmostEqual(sum(math.exp(logprob) for logprob in logprobs), 1, places=5)
        self.assertEqual(sorted(token["id"] for token in all_tokens["top"]), list(range(299)))
        self.assertTrue(all(isinstance(token["text"], str) for token in few["top"]))

    def test_perplexity(self):
        text = path("perplexity.txt", "the man is in the water and then he is on it\n" * 40)
        arguments = ["perplexity", "--model", command_line.MODEL, "--file", text, "--context", "64"]
        (whole,) = self.json_lines(*arguments)
        tokens = len(self.ids("--file", text)[0])
        self.assertEqual((whole["chunks"], whole["tokens"]), (tokens // 64, tokens // 64 * 31))
        self.assertGreater(whole["perplexity"], 1)
        (again,) = self.json_lines(*arguments, "--threads", "2")
        self.assertEqual(again["perplexity"], whole["perplexity"])
        (part,) = self.json_lines(*arguments, "--chunks", "2")
        self.assertEqual((part["chunks"], part["tokens"]), (2, 62))

    def test_throughput(self):
        arguments = ["--model", command_line.MODEL, "--prompt", "20", "--generate", "4", "--branches", "1,3"]
        rows = self.json_lines("bench", "throughput", *arguments)
        self.assertEqual([row["branches"] for row in rows], [1, 3])
        for row in rows:
            self.assertGreater(row["prefill_tps"], 0)
            self.assertGreater(row["decode_tps"], 0)
            self.assertEqual(row["steps"], 4)
            self.assertLessEqual(row["step_p50"], row["step_p99"])
            self.assertGreater(row["resident_bytes"], row["model_bytes"])
            self.assertGreater(row["kv_bytes"], 0)
            self.assertGreater(row["read_bandwidth"], 0)
            self.assertGreater(row["load_seconds"], 0)

    def test_profile(self):
        commands = {
            "decode, branches: 2": ["bench", "throughput", "--branches", "2", "--generate", "4"],
            "cot:max_tokens=8": ["solve", "--program", "cot:max_tokens=8", "--problem", "one and one"],
            "perplexity": ["perplexity", "--context", "8", "--file", path("profiled.txt", "the man is in the water\n" * 9)],
        }
        for name, command in commands.items():
            code, out, err = run(*command, "--model", command_line.MODEL, "--profile", "--json")
            self.assertEqual(code, 0, err)
            self.assertIn(f"profile of {name}: ", err)
            for stage in ("attention", "gate and up", "logits", "outside the engine"):
                self.assertRegex(err, rf"\n  {stage} +\d")
            for line in out.splitlines():
                json.loads(line)

    def ids(self, *arguments):
        (line,) = self.json_lines("tokenize", "--model", command_line.MODEL, *arguments)
        return line["ids"]

    def test_tokenize(self):
        text = 'the man said "héllo" \u2026 12\n\t\u732b'
        (ids,) = self.ids("--text", text)
        (line,) = self.json_lines("tokenize", "--model", command_line.MODEL, "--decode", " ".join(map(str, ids)))
        self.assertEqual(line["text"], text)
        documents = ["the man", "", "a cat\n"]
        file = path("documents.txt", "<|sep|>".join(documents))
        apart = self.ids("--file", file, "--separator", "<|sep|>")
        self.assertEqual(apart, [self.ids("--text", document)[0] for document in documents])
        self.assertEqual(len(self.ids("--file", file)), 1)
        self.assertEqual(self.ids("--text", "<|im_end|>", "--special"), [[298]])
        self.assertGreater(len(self.ids("--text", "<|im_end|>")[0]), 1)


class ModelCommands(CommandLineTest):
    def test_models(self):
        entries = {entry["name"]: entry for entry in self.json_lines("models")}
        small = entries["smollm2-135m-instruct"]
        self.assertIs(small["cached"], False)
        self.assertEqual(len(small["sha256"]), 64)
        self.assertGreater(small["bytes"], 0)
        self.assertIn("smollm2-135m-instruct", run("models")[1])

    def test_inspect(self):
        (report,) = self.json_lines("inspect", command_line.MODEL)
        self.assertEqual((report["architecture"], report["supported"], report["unsupported"]), ("llama", True, []))
        self.assertEqual(report["file_bytes"], os.path.getsize(command_line.MODEL))
        self.assertEqual(sum(tensor["bytes"] for tensor in report["tensors"]), report["types"][0]["bytes"])
        self.assertIn("Supported: yes", run("inspect", command_line.MODEL)[1])

    def test_hugging_face_folders(self):
        folder = os.path.join(command_line.ARCHITECTURES, "qwen3")
        (report,) = self.json_lines("inspect", folder)
        self.assertEqual((report["architecture"], report["supported"]), ("qwen3", True))
        self.assertIn("model.layers.1.mlp.down_proj.weight", [tensor["name"] for tensor in report["tensors"]])
        (tokenized,) = self.json_lines("tokenize", "--model", folder, "--text", "How many are left?")
        (logits,) = self.json_lines("logits", "--model", folder, "--prompt", "How many are left?", "--top", "2")
        self.assertEqual(logits["tokens"], tokenized["ids"][0])
        gguf = folder + "/qwen3.gguf"
        (same,) = self.json_lines("logits", "--model", gguf, "--prompt", "How many are left?", "--top", "2")
        self.assertEqual(same, logits)
        options = ["--program", "sc:n=3,max_tokens=20", "--problem", "How many?"]
        from_folder = self.json_lines("solve", "--model", folder, *options)
        from_gguf = self.json_lines("solve", "--model", gguf, *options)
        self.assertEqual(from_folder[0]["tokens"], from_gguf[0]["tokens"])

    def test_pull_takes_what_is_cached(self):
        commit = "0123456789abcdef" * 2 + "01234567"
        repository = "hub/models--someone--tiny"
        file = path(f"{repository}/snapshots/{commit}/tiny-F32.gguf", command_line.model_bytes())
        path(f"{repository}/refs/main", commit)
        for name in ["hf:someone/tiny/tiny-F32.gguf", "hf:someone/tiny:f32", "hf:someone/tiny"]:
            (pulled,) = self.json_lines("pull", name, "--offline")
            self.assertEqual((pulled["path"], pulled["bytes"]), (file, os.path.getsize(file)))
        self.json_lines("pull", "hf:someone/tiny")  # the hub is out of reach
        (report,) = self.json_lines("inspect", "hf:someone/tiny:F32")
        self.assertIs(report["supported"], True)
        self.json_lines("logits", "--model", "hf:someone/tiny", "--prompt", "a", "--top", "1")
        entries = {entry["name"]: entry for entry in self.json_lines("models")}
        self.assertEqual(entries["hf:someone/tiny/tiny-F32.gguf"]["path"], file)
        self.assertIn(file, run("models")[1])


if __name__ == "__main__":
    command_line.main()
