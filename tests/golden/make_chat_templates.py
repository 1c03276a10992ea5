#!/usr/bin/env python3
"""Writes tests/golden/chat_templates.json: templates, what they are given, and what PyPI's jinja2 makes of them
with the settings of the transformers library.

Usage: make_chat_templates.py NAME=FILE.gguf ...     (needs PyPI's jinja2 and gguf)
The templates of the files named are added to the snippets below.
"""

import json
import pathlib
import sys

import gguf
import jinja2.ext
import jinja2.sandbox

OUT = pathlib.Path(__file__).parent / "chat_templates.json"

CONVERSATIONS = [
    [],
    [["user", "Hi"]],
    [["system", "Be brief."], ["user", "2+2?"]],
    [["user", "a"], ["assistant", "b"], ["user", "c"]],
    [["system", "s"], ["user", "a"], ["assistant", "b"], ["system", "t"], ["user", "<|im_end|> {{ x }} {% if %}"]],
    [["user", ""], ["assistant", " spaces \n\n"], ["tool", "{\"x\": 1}"], ["tool", "é🦙"]],
]

SNIPPETS = r"""
{{ messages[0]['role'] }} {{ messages[0].content }} {{ messages[-1]["content"] }}
{% for m in messages %}{{ loop.index }}/{{ loop.length }}:{{ m.role }}{% if not loop.last %}, {% endif %}{% endfor %}
{% for m in messages if m.role == 'user' %}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.revindex }} {% else %}none{% endfor %}
{% for m in messages %}{{ loop.previtem.role if not loop.first else '-' }}>{{ loop.nextitem.role if loop.nextitem is defined else '.' }} {% endfor %}
{% for m in [] %}x{% else %}empty{% endfor %}
{% set x = 'a' %}{% for i in range(3) %}{% set x = x + 'b' %}{{ x }} {% endfor %}{{ x }}
{% set ns = namespace(n=0, s='') %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% set ns.s = ns.s ~ m.role[0] %}{% endfor %}{{ ns.n }}{{ ns.s }}
{% if messages|length > 1 and messages[0].role == 'system' %}sys{% elif messages %}some{% else %}none{% endif %}
{{ 'a' ~ 1 ~ 2.5 ~ true ~ none }} {{ 'x' * 3 }} {{ [1, 2] + [3] }}
{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7 / 2 }} {{ 2 - 3 * 4 }} {{ (2 - 3) * 4 }} {{ 1e3 }} {{ 1_000 }}
{{ 1.5 + 1 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }} {{ 3 * 1.1 }} {{ 1e100 }} {{ 0.1 + 0.2 }} {{ 1e16 }} {{ 123456789012345.0 }} {{ 0.00001 }} {{ -0.0 }}
{{ 1 < 2 < 3 }} {{ 1 < 2 > 3 }} {{ 'a' <= 'b' }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' in 'cat' }} {{ 3 not in [1, 2] }} {{ 'k' in {'k': 1} }}
{{ not true or true and false }} {{ '' or 'default' }} {{ 'a' and 'b' }} {{ [] or 0 }} {{ not none }}
{{ 'yes' if messages else 'no' }}{{ 'a' if false }}{{ 1 if false else 2 if false else 3 }}
{{ 'hello'[1:3] }} {{ 'hello'[-3:] }} {{ 'hello'[::-1] }} {{ 'hello'[:-1] }} {{ [1, 2, 3, 4][::2] }} {{ [1, 2, 3][5:] }} {{ 'héllo🦙'[1:] }} {{ 'héllo'[-100:2] }} {{ [1,2,3][-1:-5:-1] }}
{{ messages[1:] | length }}{{ messages[:1] | tojson }}
{{ '  x y  ' | trim }}|{{ 'ABC' | lower }}|{{ 'abc' | upper }}|{{ 'hELLO wORLD' | capitalize }}|{{ 'héé' | length }}|{{ '' | length }}
{{ [1, 'a', none, true, 1.5] | tojson }} {{ {'a': [1, {'b': 'c"\n\té<>&\''}]} | tojson }} {{ {} | tojson }} {{ [] | tojson(indent=2) }}
{{ {'a': [1, 2], 'b': {}} | tojson(indent=4) }}
{{ [1, 'a', none, true, 1.5] }} {{ {'a': "it's", 'b': 'say "x"'} }} {{ ['\n\\', 'it\'s "q"'] }}
{{ [1, 2, 3] | join(', ') }} {{ 'abc' | join('-') }} {{ ['a', 1] | join }} {{ [3, 1] | first }} {{ [3, 1] | last }} {{ 'abc' | reverse }} {{ [1, 2] | reverse | list }}
{{ missing is defined }} {{ messages is defined }} {{ missing is not defined }} {{ missing | default('d') }} {{ '' | default('e', true) }} {{ '' | default('e') }}|{{ missing }}|
{{ messages[0].missing is defined }} {{ messages[99] is defined }} {{ tools is none }} {{ tools is defined }} {{ tools is not none }}
{{ 1 is number }} {{ 'a' is string }} {{ [] is iterable }} {{ {} is mapping }} {{ 'a' is sequence }} {{ 3 is odd }} {{ 4 is even }} {{ true is boolean }} {{ 1 is integer }} {{ 1.0 is float }} {{ true is true }} {{ 1 is true }} {{ none is none }} {{ 2 is equalto 2 }} {{ 2 is eq(3) }}
{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a b c'.split(none, 1) }} {{ '--x--'.strip('-') }} {{ ' x '.lstrip() }}| {{ ' x '.rstrip() }}| {{ 'abc'.startswith('ab') }} {{ 'abc'.endswith('ab') }} {{ 'a-b'.replace('-', '+') }} {{ 'aXbX' | replace('X', '') }}
{% for k, v in {'a': 1, 'b': [2]}.items() %}{{ k }}={{ v }};{% endfor %}{% for k in {'x': 1} %}{{ k }}{% endfor %}{{ {'a': 1}.get('a') }}{{ {'a': 1}.get('b', 5) }}{{ {'a': 1}.get('b') }}{{ {'p': 1, 'q': 2}.keys() | list }}{{ {'p': 1, 'q': 2}.values() | list }}
{% for k, v in {'a': 1} | items %}{{ k }}{{ v }}{% endfor %}{% for c in 'aé🦙' %}[{{ c }}]{% endfor %}
{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i > 4 %}{% break %}{% endif %}{{ i }}{% endfor %}{{ range(5, 1, -2) | list }}
{% set x %}captured {{ 1 + 1 }}{% endset %}[{{ x }}]{% set a, b = [1, 2] %}{{ a }}{{ b }}
{% raw %}{{ not rendered }} {% if %}{% endraw %}|{# a comment #}|{#- another -#}  |
a  {{- ' b ' -}}  c {%- if true -%}  d  {%- endif -%}  e
{{ "dq \"esc\" \u00e9\x41\t|" }}{{ 'sq \'esc\' \\n' }}{{ 'a' 'b' }}
{{ bos_token }}{{ eos_token }}{{ bos_token + eos_token }}
{{ messages[0]['content'] | trim | upper | length }}{{ -1 | string }}{{ '5' | int + 1 }}{{ 'x' | int }}{{ 3.9 | int }}
{{ {'a': {'b': [10, 20]}}.a.b[1] }}{{ {'a': 1}['a'] }}{{ [[1, 2], [3]][0][1] }}{{ 'abc'[0] }}{{ {'a-b': 1}['a-b'] }}
{% if messages[0].role != 'system' %}{{ '<s>' }}{% endif %}{% if 'x' not in 'abc' %}ok{% endif %}{% if not (1 == 2) %}ok{% endif %}
{{ {'a': 1, 'a': 2} }}{{ dict(a=1, b='c') }}{{ [] }}{{ {} }}{{ [[]] }}{{ [1,] }}{{ {'a': 1,} }}
{% for i in [1, 2] %}{% for j in [1, 2] %}{{ i }}{{ j }}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}
{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}{% for i in [1] %}{% if true %}{% set x = 3 %}{% endif %}{{ x }}{% endfor %}{{ x }}
""".strip().split("\n")

MULTILINE = [
    "line\n  {% if true %}\n    body\n  {% endif %}\nend\n",
    "  {% for m in messages %}\n  {{ m.role }}\n  {% endfor %}\n\n",
    "a\n  {%- if true %}\nb\n  {%- endif %}\nc",
    "x {% if true %}\ny {% endif %} z\n\n",
    "  {%+ if true %}\n  k\n  {%+ endif +%}\n",
    "{# c #}\n  {# d #}\n  text {# e #}\nmore\r\nwindows\r\n",
    "{% if true -%}\n\n   t\n\n{%- endif %}\n   {% if true %}\n   u{% endif %}",
    "{{ 'a' }}\n{{ 'b' }}\n   {{ 'c' -}}\n\n   d",
    "{% raw %}\n  {{ x }}\n  {% endraw %}\nend",
    "   \t{% set x = 1 %}   {% set y = 2 %}\n{{ x + y }}",
    "{%- set a = [\n  1,\n  2\n] -%}\n{{ a }}",
]

ERRORS = [
    "{{ raise_exception('no ' ~ 'way') }}", "{{ missing.attribute }}", "{{ 1 + 'a' }}", "{{ 1 / 0 }}", "{{ 1 < 'a' }}",
    "{% if %}", "{% for x in messages %}", "{{ 'abc", "{{ 1", "{% endif %}", "{{ x | nosuchfilter }}", "{% for in x %}{% endfor %}",
    "{{ missing + 'a' }}", "{{ none + 'a' }}", "{{ [1, 2 }}", "{% set x.y = 1 %}", "{% for a, b in [[1]] %}{% endfor %}",
    "{# never closed", "{{ 5 % 0 }}", "{% nosuchtag %}", "{{ nosuchfunction() }}", "{{ }}", "{{ range(1000000) }}",
    "{% for i in 5 %}{% endfor %}", "{{ 1 is nosuchtest }}", "{{ messages.nosuchmethod() }}", "{{ 'a' in 5 }}", "{% break %}",
]


def environment() -> jinja2.Environment:
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols]
    )

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    made.filters["tojson"] = tojson
    made.globals["raise_exception"] = raise_exception
    return made


def render(template: str, conversation: list, add_generation_prompt: bool) -> str | None:
    """None: an error."""
    try:
        return environment().from_string(template).render(
            messages=[{"role": role, "content": content} for role, content in conversation],
            tools=None, documents=None, bos_token="<s>", eos_token="</s>", add_generation_prompt=add_generation_prompt,
        )
    except Exception:  # whatever jinja2 or Python raises is one thing to us: an error
        return None


def main() -> None:
    templates = {}
    for argument in sys.argv[1:]:
        name, path = argument.split("=", 1)
        templates[name] = gguf.GGUFReader(path).fields["tokenizer.chat_template"].contents()
    cases = []

    def add(template: str, source: str, conversation: list, prompt: bool) -> None:
        cases.append({"template": template, "messages": conversation, "add_generation_prompt": prompt,
                      "rendered": render(source, conversation, prompt)})

    for name, source in templates.items():
        for conversation in CONVERSATIONS:
            for prompt in (False, True):
                add(name, source, conversation, prompt)
    for source in SNIPPETS + MULTILINE:
        for conversation in (CONVERSATIONS[1], CONVERSATIONS[4]):
            add(source, source, conversation, True)
    for source in ERRORS:
        add(source, source, CONVERSATIONS[1], True)
    unexpected = [case["template"] for case in cases if case["rendered"] is None and case["template"] in SNIPPETS + MULTILINE]
    assert not unexpected, unexpected
    with OUT.open("w", encoding="utf-8") as out:
        json.dump({"templates": templates, "cases": cases}, out, indent=1, ensure_ascii=False)
        out.write("\n")


if __name__ == "__main__":
    main()
