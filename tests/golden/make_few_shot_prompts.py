#!/usr/bin/env python3
"""Writes tests/golden/few_shot_prompts.json: what lm-evaluation-harness puts before an answer.

Usage: make_few_shot_prompts.py FOLDER     (an unpacked wheel of PyPI's lm-eval 0.4.2, MIT licence; needs PyPI's pyyaml)
"""

import ast
import json
import pathlib
import sys

import yaml

OUT = pathlib.Path(__file__).parent / "few_shot_prompts.json"
PROBLEM = "Ben has $x$ coins and loses 3. How many are left?"


def gsm8k(tasks):
    task = yaml.safe_load((tasks / "gsm8k" / "gsm8k-cot.yaml").read_text())
    prompt = task["doc_to_text"].replace("{{question}}", PROBLEM)
    return {"prompt": prompt, "stop": task["generation_kwargs"]["until"]}


def math(tasks):
    tree = ast.parse((tasks / "minerva_math" / "utils.py").read_text())
    function = next(node for node in tree.body if getattr(node, "name", "") == "doc_to_text")
    scope = {}
    exec(compile(ast.Module([function], []), "utils.py", "exec"), scope)
    task = (tasks / "minerva_math" / "minerva_math_algebra.yaml").read_text()
    assert 'until:\n    - "Problem:"\n' in task
    return {"prompt": scope["doc_to_text"]({"problem": PROBLEM}), "stop": ["Problem:"]}


def main():
    tasks = pathlib.Path(sys.argv[1]) / "lm_eval" / "tasks"
    formats = {"gsm8k-8shot": gsm8k(tasks), "math-4shot": math(tasks)}
    golden = {"source": "lm-eval 0.4.2", "problem": PROBLEM, "formats": formats}
    OUT.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
