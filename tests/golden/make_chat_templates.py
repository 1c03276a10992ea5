#!/usr/bin/env python3
"""Writes tests/golden/chat_templates.json: templates, what they are given, and what PyPI's jinja2 makes of them
with the settings of the transformers library.

Usage: make_chat_templates.py LLAMA_CPP_PYTHON.tar.gz NAME=FILE.gguf ...     (needs PyPI's jinja2 and gguf)
The first argument is the source distribution of PyPI's llama-cpp-python: it carries llama.cpp's collection of
chat templates. The templates of the model files named are added.
"""

import datetime
import json
import pathlib
import sys
import tarfile

import gguf
import jinja2.ext
import jinja2.sandbox

from chat_template_inputs import INPUTS, SNIPPET_INPUT
from chat_template_snippets import ERRORS, MULTILINE, OWN, SNIPPETS

OUT = pathlib.Path(__file__).parent / "chat_templates.json"
NOW = datetime.datetime(2025, 7, 4, 9, 5, 3)

# Models under Apache-2.0 or MIT; see README.md.
COLLECTION = """
ByteDance-Seed-OSS GLM-4.6 HuggingFaceTB-SmolLM3-3B MiMo-VL Mistral-Small-3.2-24B-Instruct-2506 Qwen-QwQ-32B
Qwen-Qwen3-0.6B Qwen3-Coder deepseek-ai-DeepSeek-R1-Distill-Qwen-32B deepseek-ai-DeepSeek-V3.1
ibm-granite-granite-3.3-2B-Instruct ibm-granite-granite-4.0 microsoft-Phi-3.5-mini-instruct
mistralai-Mistral-Nemo-Instruct-2407 openai-gpt-oss-120b
""".split()


class GenerationBlocks(jinja2.ext.Extension):
    """{% generation %}: in a rendering for inference, a block of its own scope and nothing else."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("write"), [], [], body).set_lineno(line)

    def write(self, caller):
        return caller()


def environment() -> jinja2.Environment:
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[GenerationBlocks, jinja2.ext.loopcontrols]
    )

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    made.filters["tojson"] = tojson
    made.globals["raise_exception"] = raise_exception
    made.globals["strftime_now"] = NOW.strftime
    return made


def render(template: str, given: dict, add_generation_prompt: bool) -> str | None:
    """None: an error."""
    try:
        return environment().from_string(template).render(
            messages=given["messages"], tools=given.get("tools"), documents=given.get("documents"),
            add_generation_prompt=add_generation_prompt,
            **{"bos_token": "<s>", "eos_token": "</s>", **given.get("variables", {})},
        )
    except Exception:  # whatever jinja2 or Python raises is one thing to us: an error
        return None


def read_collection(archive: str, names: list | None = None) -> dict:
    """The templates of these names (None: all of them) in llama-cpp-python's source distribution."""
    templates = {}
    with tarfile.open(archive) as files:
        for member in files:
            path = pathlib.PurePosixPath(member.name)
            if path.parent.name == "templates" and path.suffix == ".jinja" and (names is None or path.stem in names):
                templates[path.stem] = files.extractfile(member).read().decode()
    return dict(sorted(templates.items()))


def golden(templates: dict, with_snippets: bool) -> dict:
    inputs = {**INPUTS, **SNIPPET_INPUT}
    cases = []

    def add(template: str, source: str, name: str) -> None:
        plain, prompted = (render(source, inputs[name], prompt) for prompt in (False, True))
        case = {"template": template, "input": name, "rendered": plain}
        if plain is not None and prompted is not None and prompted.startswith(plain):
            cases.append({**case, "prompt": prompted[len(plain):]})
        else:
            cases.append({**case, "prompted": prompted})

    for template, source in templates.items():
        for name in INPUTS:
            add(template, source, name)
    if with_snippets:
        for source in SNIPPETS + MULTILINE + ERRORS:
            for name in ("plain", "snippet"):
                add(source, source, name)
        unexpected = [case["template"] for case in cases
                      if case["template"] in (ERRORS if case["rendered"] is not None else SNIPPETS + MULTILINE)]
        assert not unexpected, unexpected
    return {"now": NOW.isoformat(), "templates": templates, "inputs": inputs, "cases": cases}


def write(record: dict, path: pathlib.Path) -> None:
    """One template, input or case a line."""
    def lines(items):
        return ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)

    def members(items):
        return ",\n".join(f"{json.dumps(key)}: {json.dumps(item, ensure_ascii=False)}" for key, item in items.items())

    path.write_text(
        f'{{"now": {json.dumps(record["now"])},\n"templates": {{\n{members(record["templates"])}\n}},\n'
        f'"inputs": {{\n{members(record["inputs"])}\n}},\n"cases": [\n{lines(record["cases"])}\n]}}\n', encoding="utf-8")


def main() -> None:
    templates = read_collection(sys.argv[1], COLLECTION)
    assert len(templates) == len(COLLECTION), set(COLLECTION) - set(templates)
    for argument in sys.argv[2:]:
        name, path = argument.split("=", 1)
        templates[name] = gguf.GGUFReader(path).fields["tokenizer.chat_template"].contents()
    write(golden({**templates, **OWN}, with_snippets=True), OUT)


if __name__ == "__main__":
    main()
