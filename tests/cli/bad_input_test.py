"""Bad input of every kind: a non-zero exit and one line with a remedy, before anything is loaded or fetched."""

import os
import unittest

import command_line
from command_line import CommandLineTest, path, problems, run

NO_MODEL = ["--model", "no-such-model.gguf"]
PROBLEM = ["--problem", "How many?"]


class Names(CommandLineTest):
    def test_commands(self):
        self.assert_refused(["slove"], "unknown command 'slove' (did you mean 'solve'?)", "--help")
        self.assert_refused(["--quiet", "slove"], "did you mean 'solve'?")
        self.assert_refused(["--quiet", "solve", *PROBLEM], "'--quiet' stands before 'solve'")
        self.assert_refused(["bench", "throughputt"], "did you mean 'throughput'?", "espalier bench --help")
        self.assert_refused(["xyzzy"], "unknown command 'xyzzy'")
        self.assert_refused(["bench"], "a command is missing", "throughput")
        self.assert_refused([], "a command is missing", "solve")
        self.assert_refused(["solve", *PROBLEM, "models"], "'models'")

    def test_options(self):
        self.assert_refused(["solve", *NO_MODEL, *PROBLEM, "--treads", "1"], "'--treads' (did you mean '--threads'?)")
        self.assert_refused(["solve", *NO_MODEL, *PROBLEM, "--sed=1"], "'--sed' (did you mean '--seed'?)")
        self.assert_refused(["solve", *NO_MODEL, *PROBLEM, "more"], "unexpected argument 'more'")
        self.assert_refused(["solve", *PROBLEM], "--model", "espalier solve --help")
        self.assert_refused(["solve", *NO_MODEL, "--problem"], "--problem")
        self.assert_refused(["inspect"], "FILE", "espalier inspect --help")
        self.assert_refused(["logits", *NO_MODEL, "--prompt", "a", "--json=maybe"], "--json")

    def test_programs(self):
        solve = ["solve", *NO_MODEL, *PROBLEM, "--program"]
        self.assert_refused([*solve, "cott"], "unknown program 'cott' (did you mean 'cot'?)")
        self.assert_refused([*solve, ""], "--program is empty")
        self.assert_refused([*solve, "cot;;nope"], "unknown program 'nope'")
        self.assert_refused([*solve, "sc:n"], "'n' is not key=value")
        self.assert_refused([*solve, "sc:n=2,n=3"], "given twice")
        self.assert_refused([*solve, "sc:max_token=3"], "'max_token' (did you mean 'max_tokens'?)")
        self.assert_refused([*solve, "sc:stop_rule=sometimes"], "stop_rule=sometimes", "decided")
        for value in ["0", "-1", "1e9", "99999999999999999999", "two", "1.5", ""]:
            self.assert_refused([*solve, "sc:n=" + value], f"n={value}: expected a whole number from 1 to ")
        for value in ["0", "-5", "99999999999999999999", "many"]:
            self.assert_refused([*solve, "cot:max_tokens=" + value], f"max_tokens={value}: expected")
        for value in ["-1", "nan", "inf", "hot"]:
            self.assert_refused([*solve, "cot:temperature=" + value], f"temperature={value}: expected")

    def test_models(self):
        self.assert_refused(["solve", *NO_MODEL, *PROBLEM], "'no-such-model.gguf'", "espalier models")
        self.assert_refused(["solve", "--model", "smollm2-135m-instrct", *PROBLEM], "did you mean 'smollm2-135m-instruct'?")
        self.assert_refused(["pull", "qwen2.5-coder-0.5b"], "did you mean 'qwen2.5-coder-0.5b-instruct'?")
        self.assert_refused(["pull", "hf:someone"], "hf:OWNER/REPO/FILE.gguf")
        for command in [["solve", *PROBLEM], ["tokenize", "--text", "a"], ["logits", "--prompt", "a"]]:
            self.assert_refused(
                [*command, "--offline", "--model", "smollm2-135m-instruct"], "not in the cache", "espalier pull"
            )
        self.assert_refused(["inspect", "smollm2-135m-instruct"], "not in the cache", "espalier pull")


class Numbers(CommandLineTest):
    def refuse_numbers(self, command, option, values, *parts):
        for value in values:
            self.assert_refused([*command, *NO_MODEL, option, value], option, *parts)

    def test_numbers(self):
        solve = ["solve", *PROBLEM]
        huge = "99999999999999999999"
        self.refuse_numbers(solve, "--threads", ["-1", "1025", huge, "two", "1.5", "010", ""], "0 to 1024")
        self.refuse_numbers(solve, "--seed", ["-1", huge, "abc", ""], "0 to 18446744073709551615")
        self.refuse_numbers(solve, "--limit", ["0", "-1", huge, "ten", ""], "whole number from 1 to ")
        self.refuse_numbers(solve, "--in-flight", ["0", "-1", huge], "whole number from 1 to ")
        self.refuse_numbers(solve, "--kv-memory", ["0", "-1G", "1e30", "lots", "", "900T"], "--kv-memory")
        self.refuse_numbers(["logits", "--prompt", "a"], "--top", ["0", "-1", huge, "x"], "whole number from 1")
        text = path("text.txt", "some text\n")
        self.refuse_numbers(["perplexity", "--file", text], "--context", ["0", "7", "-8", "9", huge, "x"])
        self.refuse_numbers(["perplexity", "--file", text], "--chunks", ["-1", huge, "x"])
        bench = ["bench", "throughput"]
        self.refuse_numbers(bench, "--branches", ["0", "-1", "1,,2", huge, "x", ""], "1 to 65536")
        self.refuse_numbers(bench, "--prompt", ["0", "-1", huge, "x"], "whole number from 1")
        self.refuse_numbers(bench, "--generate", ["0", "-1", huge, "x"], "whole number from 1")

    def test_common_options_everywhere(self):
        commands = [["models"], ["pull", "hf:a/b/c.gguf"], ["inspect", "x.gguf"], ["tokenize", *NO_MODEL, "--text", "a"]]
        for command in [*commands, ["solve", *NO_MODEL, *PROBLEM], ["bench", "throughput", *NO_MODEL]]:
            self.assert_refused([*command, "--device", "foo"], "--device foo: choose cpu")
            self.assert_refused([*command, "--threads", "-1"], "--threads")
        self.assert_refused(["solve", *NO_MODEL, *PROBLEM, "--device", "cuda"], "--device c")
        self.assert_refused(["solve", *NO_MODEL, *PROBLEM, "--kv-type", "int3"], "--kv-type int3: choose")

    def test_beyond_the_model(self):
        tiny = ["--model", command_line.MODEL]
        self.assert_refused(["solve", *tiny, *PROBLEM, "--kv-memory", "1"], "at least")
        self.assert_refused(["perplexity", *tiny, "--file", command_line.MODEL, "--context", "100000"], "8 to 512")
        self.assert_refused(["perplexity", *tiny, "--file", path("short.txt", "a"), "--context", "64"], "more text")
        self.assert_refused(["logits", *tiny, "--prompt", "ab " * 2000], "shorten")
        self.assert_refused(["bench", "throughput", *tiny, "--branches", "1", "--prompt", "600"], "do not fit")
        self.assert_refused(["bench", "throughput", *tiny, "--branches", "64", "--kv-memory", "64K"], "--kv-memory")
        self.assert_refused(["tokenize", *tiny, "--decode", "1 299"], "'299' is not a token id", "0 to 298")


class ModelFiles(CommandLineTest):
    def refuse_model(self, name, content, *parts):
        file = path(name, content)
        self.assert_refused(["solve", "--model", file, *PROBLEM], name, *parts)
        self.assert_refused(["tokenize", "--model", file, "--text", "a"], name)
        self.assert_refused(["inspect", file], name)

    def test_foreign_files(self):
        whole = command_line.model_bytes()
        self.refuse_model("empty.gguf", b"", "is empty")
        self.refuse_model("cut.gguf", whole[:-1000], "truncated")
        self.refuse_model("cut-early.gguf", whole[:30], "truncated")
        self.refuse_model("archive.gguf", b"PK\3\4" + bytes(100), "zip")
        self.refuse_model("text.gguf", "just text\n", "not a GGUF file")
        self.refuse_model("line\nbreak.gguf".replace("\n", " "), "just text\n", "not a GGUF file")
        header = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
        tensors = len(header).to_bytes(8, "little") + header + bytes(8)
        self.refuse_model("tensors.gguf", tensors, "safetensors")
        self.assert_refused(["solve", "--model", command_line.FOLDER, *PROBLEM], "is a folder")

    def test_reward_models_do_not_generate(self):
        model = ["--model", os.path.join(command_line.ARCHITECTURES, "qwen2-process-reward")]
        for command in (["solve", *model, *PROBLEM], ["logits", *model, "--prompt", "a"]):
            self.assert_refused(command, "is a reward model", "a head of 2 outputs", "choose a language model")

    def test_unknown_content(self):
        architecture = path("architecture.gguf", command_line.model_bytes().replace(b"llama", b"blama"))
        self.assert_refused(["solve", "--model", architecture, *PROBLEM], "'blama'", "supported: llama")
        tensor_type = path("type.gguf", command_line.model_with_tensor_type(99))
        self.assert_refused(["solve", "--model", tensor_type, *PROBLEM], "'token_embd.weight'", "type 99")
        # A file that cannot be run can be looked at.
        for file, reason in [(architecture, "blama"), (tensor_type, "type 99")]:
            (report,) = self.json_lines("inspect", file)
            self.assertIs(report["supported"], False)
            self.assertIn(reason, " ".join(report["unsupported"]))

    def test_one_line_even_for_odd_names(self):
        file = path("line\nbreak.gguf", "just text\n")
        self.assert_refused(["inspect", file], "line break.gguf")


class ProblemFiles(CommandLineTest):
    def refuse_file(self, file, *parts):
        self.assert_refused(["solve", *NO_MODEL, "--file", file], *parts)

    def test_bad_files(self):
        self.refuse_file(path("missing.jsonl"), "missing.jsonl", "check the path")
        self.refuse_file("", "cannot open")
        self.refuse_file(command_line.FOLDER, "is a folder")
        self.refuse_file(path("empty.jsonl", "\n\n"), "holds no problems")
        self.refuse_file(command_line.MODEL, "tiny.gguf:1: not a JSON object")
        good = '{"question": "How many?", "answer": "#### 1"}\n'
        self.refuse_file(path("bad.jsonl", good + "\n" + '{"question": \n'), "bad.jsonl:3: ")
        self.refuse_file(path("form.jsonl", good + '{"prompt": "a"}\n'), "form.jsonl:2: no known fields")
        if os.geteuid() != 0:  # root reads everything
            locked = path("locked.jsonl", good)
            os.chmod(locked, 0)
            self.refuse_file(locked, "permissions")

    def test_sources(self):
        file = problems("one.jsonl", ["How many?"])
        self.assert_refused(["solve", *NO_MODEL], "give one of --problem TEXT and --file")
        self.assert_refused(["solve", *NO_MODEL, *PROBLEM, "--file", file], "give one of")
        self.assert_refused(["solve", *NO_MODEL, *PROBLEM, "--file", ""], "give one of")
        for blank in ["", " \t\n"]:
            self.assert_refused(["solve", *NO_MODEL, "--problem", blank], "--problem is blank")
        self.assert_refused(["solve", *NO_MODEL, *PROBLEM, "--prompt-format", "boxd"], "did you mean 'boxed'?")
        reward = ["solve", *NO_MODEL, *PROBLEM, "--offline", "--reward"]
        self.assert_refused([*reward, "cheker"], "--reward cheker (did you mean 'checker'?)", "checker, logprob")
        self.assert_refused([*reward, "sprout"], "'sprout' cannot score", "give a reward model")
        self.assert_refused([*reward, path("missing.gguf")], "missing.gguf")
        program = ["solve", *NO_MODEL, *PROBLEM, "--offline", "--program", "bon:reward=chekcer"]
        self.assert_refused(program, "--reward chekcer (did you mean 'checker'?)")
        self.assert_refused(["logits", *NO_MODEL, "--prompt", ""], "--prompt is empty")
        self.assert_refused(["perplexity", *NO_MODEL, "--file", path("missing.txt")], "missing.txt")
        tokenize = ["tokenize", *NO_MODEL]
        self.assert_refused(tokenize, "give one of --text, --file and --decode")
        self.assert_refused([*tokenize, "--text", "a", "--decode", "1"], "give one of")
        self.assert_refused([*tokenize, "--file", path("missing.txt")], "missing.txt")
        self.assert_refused([*tokenize, "--decode", "1 two"], "'two' is not a token id")
        self.assert_refused([*tokenize, "--decode", "1", "--separator", ","], "--separator")


class Help(CommandLineTest):
    def test_every_command(self):
        commands = ["solve", "logits", "perplexity", "models", "pull", "inspect", "tokenize", "bench"]
        commands += ["bench throughput", "bench math"]
        for command in ["", *commands]:
            code, out, err = run(*command.split(), "--help")
            self.assertEqual((code, err), (0, ""), command)
            self.assertIn(f"Usage: espalier {command}".strip(), out)
        self.assertRegex(run("--version")[1], r"\Aespalier \d+\.\d+\.\d+\n\Z")


if __name__ == "__main__":
    command_line.main()
