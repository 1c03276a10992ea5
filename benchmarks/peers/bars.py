"""The bars for speed: Espalier beside llama.cpp and OpenVINO GenAI, in one table.

    python bars.py --espalier ../../build/release/espalier                        # a quarter of an hour
    python bars.py --espalier ../../build/release/espalier --quick --json         # a few minutes

All engines read the same file with the same number of threads. They take turns within every round, and the best of
the rounds counts for each of them: on a machine that does anything else, the best is what repeats. A missing peer or
model is named with the command that gets it, and its rows are left out. --llama-python and --openvino-python are
the interpreters that have the peers, if this one does not.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import bars_table as table

FOLDER = Path(__file__).resolve().parent
MODELS = {
    "smollm2-135m-instruct": "135M",
    "qwen2.5-coder-0.5b-instruct": "0.5B",
    "qwen2.5-coder-1.5b-instruct": "1.5B",
}
PEERS = {  # name: script, module to import, packages
    "llama.cpp": ("throughput.py", "llama_cpp", "llama-cpp-python numpy jinja2"),
    "OpenVINO": ("throughput_openvino.py", "openvino_genai", "openvino-genai numpy"),
}
# (prompt tokens, branches): tokens a branch
WORK = {(128, 1): 32, (128, 32): 32, (512, 1): 4}


def say(text):
    print(text, file=sys.stderr, flush=True)


class Peer:
    """A process that answers a line `PROMPT BRANCHES GENERATE` with a row."""

    def __init__(self, name, python, file, threads):
        self.name = name
        most = max(branches for _, branches in WORK)
        script, _, _ = PEERS[name]
        command = [python, FOLDER / script, "--model", file, "--threads", str(threads), "--serve", "--repeat", "1"]
        command += ["--branches", str(most), "--generate", str(max(WORK.values()))]
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def measure(self, prompt, branches, generate):
        """A row, or None: the process has ended, and why() says what it wrote last."""
        try:
            self.process.stdin.write(f"{prompt} {branches} {generate}\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        return json.loads(line) if line else None

    def why(self):
        return (self.process.communicate()[1].strip().splitlines() or ["it ended"])[-1]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Espalier:
    """One process for each row, with its own load; only what the row reports is measured."""

    name = "Espalier"

    def __init__(self, binary, model, threads):
        self.command = [binary, "bench", "throughput", "--model", model, "--threads", str(threads), "--json", "--quiet"]
        self.rows = []

    def measure(self, prompt, branches, generate, *flags):
        command = self.command + ["--prompt", str(prompt), "--branches", str(branches), "--generate", str(generate)]
        output = subprocess.run(command + list(flags), check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        row = json.loads(output.stdout)
        self.rows.append(row)
        return row

    def close(self):
        pass


def installed_peers(options):
    """Name to interpreter; says how to get those that are missing."""
    pythons = {"llama.cpp": options.llama_python, "OpenVINO": options.openvino_python}
    found = {}
    for name, (_, module, packages) in PEERS.items():
        check = subprocess.run([pythons[name], "-c", f"import {module}, numpy"], stderr=subprocess.DEVNULL)
        if check.returncode == 0:
            found[name] = pythons[name]
        else:
            say(f"{name} left out; get it with: {pythons[name]} -m pip install {packages}")
    return found


def cached_models(binary):
    lines = subprocess.run([binary, "models", "--json"], check=True, stdout=subprocess.PIPE, text=True).stdout
    paths = {entry["name"]: entry["path"] for entry in map(json.loads, lines.splitlines())}
    for name in MODELS:
        if not paths.get(name):
            say(f"{name} left out; get it with: {binary} pull {name}")
    return {name: paths[name] for name in MODELS if paths.get(name)}


def measure_model(model, file, peers, options):
    """{"figures": {engine: {(prompt, branches): [row of each round]}}, "wide": Espalier's row of 64 branches}"""
    espalier = Espalier(options.espalier, model, options.threads)
    engines = [espalier] + [Peer(name, python, file, options.threads) for name, python in peers.items()]
    figures = {engine.name: {work: [] for work in WORK} for engine in engines}
    for round_number in range(options.rounds):
        for (prompt, branches), generate in WORK.items():
            for engine in list(engines):
                row = engine.measure(prompt, branches, max(2, generate // 4) if options.quick else generate)
                if row is None:
                    say(f"{model}: {engine.name} left out: {engine.why()}")
                    engines.remove(engine)
                    del figures[engine.name]
                else:
                    figures[engine.name][prompt, branches].append(row)
        say(f"{model}: round {round_number + 1} of {options.rounds} done")
    wide = espalier.measure(128, 64, 8 if options.quick else 32, "--profile")
    for engine in engines:
        engine.close()
    return {"figures": figures, "wide": wide, "rows": espalier.rows}


def google_benchmark(binary, pattern, repetitions=1):
    """Rows by name, without the part that says what was timed, the shortest of the repetitions; None: not built."""
    if not binary.exists():
        say(f"{binary.name} left out; build it with: cmake --build --preset release --target {binary.name}")
        return None
    command = [binary, "--benchmark_format=json", f"--benchmark_filter={pattern}", "--benchmark_min_time=0.2",
               f"--benchmark_repetitions={repetitions}", "--benchmark_enable_random_interleaving=true"]
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    if not output:
        say(f"{binary.name} left out: it has nothing that matches {pattern}")
        return None
    rows = {}
    for row in json.loads(output)["benchmarks"]:
        name = row["run_name"].removesuffix("/real_time")
        if row["run_type"] == "iteration" and row["real_time"] <= rows.get(name, row)["real_time"]:
            rows[name] = row
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--espalier", required=True, help="the binary; its benchmarks lie in benchmarks/ beside it")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--models", default=",".join(MODELS), help="some of " + ", ".join(MODELS))
    parser.add_argument("--rounds", type=int, help="5; 2 with --quick")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--json", action="store_true", help="one JSON object per bar")
    parser.add_argument("--llama-python", default=sys.executable)
    parser.add_argument("--openvino-python", default=sys.executable)
    options = parser.parse_args()
    options.espalier = str(Path(options.espalier).resolve())
    options.rounds = options.rounds or (2 if options.quick else 5)
    peers = installed_peers(options)
    files = {name: file for name, file in cached_models(options.espalier).items() if name in options.models.split(",")}

    bars = []
    for model, file in files.items():
        bars += table.model_bars(MODELS[model], measure_model(model, file, peers, options))
    folder = Path(options.espalier).parent / "benchmarks"
    bars += table.attention_bars(
        google_benchmark(folder / "attention_benchmark", "Decode64/(shared|ignored|copies)/", repetitions=8)
    )
    bars += table.matmul_bars(google_benchmark(folder / "kernels_benchmark", "MatMul/.*/(32|128|512)/"))
    if options.json:
        for bar in bars:
            print(json.dumps(bar))
    else:
        print(table.render(bars, options))


if __name__ == "__main__":
    main()
