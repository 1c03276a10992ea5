"""Templates of our own for make_chat_templates.py: constructs one by one, white space, errors, prompt formats."""

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
{% macro f(a, b='B', c=none) %}[{{ a }}|{{ b }}|{{ c }}]{% endmacro %}{{ f(1) }}{{ f(1, 2) }}{{ f(1, c=3) }}{{ f(b='x', a='y') }}{{ f() }}{{ f }}-{{ f is callable }}
{% macro f(a) %}{{ varargs }}{{ kwargs }}{{ a }}{% endmacro %}{{ f(1, 2, 3, x=4) }}{% macro g(a, b=a ~ '!') %}{{ b }}{% endmacro %}{{ g(1) }}{{ g(1, b=2) }}
{% macro depth(n) %}{{ n }}{% if n > 0 %},{{ depth(n - 1) }}{% endif %}{% endmacro %}{{ depth(10) }}{% set x = depth(2) %}{{ x | length }}
{% set y = 1 %}{% macro f() %}{{ y }}{% set y = 5 %}{{ y }}{% endmacro %}{{ f() }}{% set y = 2 %}{{ f() }}{{ y }}
{% macro box(title) %}<{{ title }}>{{ caller('in') }}</{{ title }}>{% endmacro %}{% call(word) box('t') %}body {{ word }}{{ messages | length }}{% endcall %}
{% macro quiet() %}{{ caller is defined }}{{ caller is none }}{% endmacro %}{{ quiet() }}{% call quiet() %}{% endcall %}
{% for m in messages %}{% macro f(x) %}{{ x }}{{ m.role }}{% endmacro %}{{ f(loop.index) }};{% endfor %}
{% filter upper | replace('A', 'o') %}banana {{ messages[0].role }}{% endfilter %}{% set t | trim | title %}  some words-here {% endset %}[{{ t }}]
{% with a = 1, b = 2 %}{{ a + b }}{% set a = 7 %}{{ a }}{% endwith %}{{ a is defined }}{% with %}{{ 1 }}{% endwith %}
{% for m in messages %}{% generation %}{% set z = 1 %}{{ m.role }}{{ loop.index }}{% endgeneration %}{{ z is defined }}{% endfor %}
{% set v %}{% set inner = 1 %}x{% endset %}{{ inner is defined }}{{ v }}{% for i in [] %}{% else %}{% set e = 1 %}{% endfor %}{{ e is defined }}
{% for i in [1, 2, 3] %}{{ loop.cycle('a', 'b') }}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}{% for i in [1, 2] %}{% for j in [1] %}{{ loop.index }}{% endfor %}{{ loop.last }}{% endfor %}
{{ (1, 'a') }}{{ (1,) }}{{ () }}{{ (1 + 2) * 3 }}{{ 1, 2 }}{% set p = 1, 2 %}{{ p }}{% for a, b in ((1, 2), (3, 4)) %}{{ a }}{{ b }}{% endfor %}{% for (k, v) in {'x': 1}.items() %}{{ k }}{{ v }}{% endfor %}
{{ (1, 2) == [1, 2] }}{{ (1, 2) + (3,) }}{{ (1, 2)[0] }}{{ (1, 2, 3)[1:] }}{{ {'a': (1, 2)} | tojson }}{{ [1] * 3 }}{{ 2 * 'ab' }}{{ 2 * (1,) }}{{ [1, 2] < [1, 3] }}
{{ {'a': 1} | dictsort }}{{ {'b': 1, 'A': 2, 'a': 3} | dictsort }}{{ {'b': 1, 'A': 2} | dictsort(true) }}{{ {'b': 1, 'a': 2} | dictsort(by='value') }}{{ {'b': 1, 'a': 2} | dictsort(false, 'key', true) }}
{{ {'x': [1, 'é', none]} | tojson(ensure_ascii=true) }}{{ [1, {'a': 2}] | tojson(separators=(',', ':')) }}{{ {'b': 1, 'a': '🦙'} | tojson(sort_keys=true) }}{{ {'b': 1} | tojson(indent='\t') }}{{ '🦙\u00e9' | tojson(true) }}
{{ [1, [], {}] | tojson(indent=0) }}{{ [1, {'a': []}] | tojson(indent=2, separators=(', ', ' : ')) }}{{ 1e20 | tojson }} {{ 1.0 | tojson }} {{ -0.5 | tojson }} {{ '\u007f\u2028</script>' | tojson }} {{ none | tojson }}
{{ messages | map(attribute='role') | list }}{{ messages | map(attribute='role') | join(', ') }}{{ [1, 2] | map('string') | list }}{{ ['a', 'b'] | map('upper') | join }}{{ [{'a': {'b': 1}}, {'a': {'b': 2}}] | map(attribute='a.b') | sum }}{{ [{}] | map(attribute='x', default='d') | list }}
{{ messages | selectattr('role', 'equalto', 'user') | list | length }}{{ messages | rejectattr('role', 'in', ['user', 'tool']) | map(attribute='role') | list }}{{ messages | selectattr('role', '==', 'system') | first }}{{ messages | selectattr('missing') | list }}{{ messages | selectattr('missing', 'defined') | list }}
{{ [1, 2, 3, 4] | select('odd') | list }}{{ [1, 2, 3, 4] | reject('gt', 2) | list }}{{ [0, 1, '', 'a', none] | select | list }}{{ [1, 'a', none] | select('string') | list }}{{ [3, 4] | select('divisibleby', 2) | list }}{{ [1, 5] | select('>', 3) | list }}
{{ none | selectattr('a') | list }}{{ none | map('upper') | list }}{{ none | reject('odd') | list }}{{ {1: 'a', 512: 'b'}[512] }}{{ {2: 'a', 1: 'b'} | dictsort }}{{ {1: 'a', 'x': 2} }}{{ {1: 'a'} | tojson }}{{ 1 in {1: 2} }}{{ {1: 2}.get(1) }}{% for k, v in {0: 1}.items() %}{{ k + v }}{% endfor %}
{{ 'yes' if messages | selectattr('role', 'equalto', 'nobody') else 'no' }}{{ 'yes' if messages | selectattr('role', 'equalto', 'nobody') | list else 'no' }}{{ (messages | map(attribute='role') | list)[0] }}{{ (messages | reverse | list)[0].role }}
{{ [3, 1, 2] | sort }}{{ ['b', 'A', 'a'] | sort }}{{ ['b', 'A', 'a'] | sort(case_sensitive=true) }}{{ [3, 1] | sort(reverse=true) }}{{ [{'n': 2}, {'n': 1}] | sort(attribute='n') }}{{ [{'a': 1, 'b': 2}, {'a': 1, 'b': 1}] | sort(attribute='a,b') }}
{{ [1, 2, 1, 'a', 'A', true] | unique | list }}{{ [1, 2, 3.5] | sum }}{{ [{'n': 2}, {'n': 1}] | sum('n') }}{{ [1] | sum(start=10) }}{{ [3, 1, 2] | min }}{{ [3, 1, 2] | max }}{{ ['b', 'A'] | min }}{{ [{'n': 2}, {'n': 1}] | max(attribute='n') }}{{ [] | max }}
{{ [1, 2, 3, 4, 5] | batch(2) | list }}{{ [1, 2, 3] | batch(2, 'x') | list }}{{ [1, 2, 3, 4, 5] | slice(3) | list }}{{ [1, 2, 3, 4] | slice(3, 'x') | list }}
{{ '%s is %d and %5.2f%%' | format('a', 3, 2.5) }}{{ '%-5s|%5s|%05d|%+d|%x' % ('a', 'b', 42, 7, 255) }}{{ '%(k)s' % {'k': 1} }}{{ '%r' % ('a',) }}{{ '%s' % none }}{{ '%s %s' | format(1.5, true) }}{{ '%e|%g' % (12345.678, 0.0001) }}{{ '%.3s|%c' % ('abcdef', 65) if false else '' }}
{{ '{} {}'.format(1, 'a') }}{{ '{1}{0}'.format('a', 'b') }}{{ '{x:>5}|{y:<4}|{z:^5}|'.format(x=1, y='a', z='mid') }}{{ '{:.2f}|{:05d}|{:,}|{:x}|{:+}'.format(3.14159, 42, 1234567, 255, 5) }}{{ '{{}}{}'.format(1) }}{{ '{0[a]}'.format({'a': 5}) }}{{ '{!r}'.format('a') }}{{ '{:*^9}'.format('x') }}{{ '{}'.format(2.0) }}
{{ 'a-b_c'.split('-') }}{{ 'a b c'.rsplit(' ', 1) }}{{ '  a  b c '.split(none, 1) }}{{ '  a  b c '.rsplit(none, 1) }}{{ 'a\nb\r\nc\n'.splitlines() }}{{ 'a\nb'.splitlines(true) }}{{ 'k=v=w'.partition('=') }}{{ 'k=v=w'.rpartition('=') }}{{ 'kv'.partition('=') }}{{ 'kv'.rpartition('=') }}
{{ 'abcabc'.find('c') }}{{ 'abcabc'.rfind('c') }}{{ 'abc'.find('x') }}{{ 'éab'.index('b') }}{{ 'aaa'.count('a') }}{{ 'abcabc'.find('a', 1) }}{{ 'abc'.replace('', '-') }}{{ 'aaa'.replace('a', 'b', 2) }}{{ 'aaa' | replace('a', 'b', 1) }}{{ 'abcabcabc'.rfind('abcabcabcabcabcabcabcabcabcabcabcabcabc') }}
{{ 'hello world-wide'.title() }}{{ 'hello world-wide (x)' | title }}{{ 'aBc'.swapcase() }}{{ 'x'.center(6, '*') }}{{ 'xy'.center(5) }}|{{ 'x'.ljust(3) }}|{{ 'x'.rjust(3, '0') }}{{ '-42'.zfill(6) }}{{ 'x' | center(5) }}|{{ 'prefix-x'.removeprefix('prefix-') }}{{ 'x.txt'.removesuffix('.txt') }}
{{ 'abc'.isalpha() }}{{ '12'.isdigit() }}{{ 'a1'.isalnum() }}{{ ' \t'.isspace() }}{{ ''.isspace() }}{{ 'ABC'.isupper() }}{{ 'abc'.islower() }}{{ '12'.isdecimal() }}{{ '1.5'.isnumeric() }}{{ ('a', 'b').count('a') }}{{ [1, 2].index(2) }}{{ 'abc'.startswith(('x', 'ab')) }}{{ 'abc'.startswith('b', 1) }}
{{ 'ÀÉß straße ŸĐŵ ΑΒΓςσ АБЯ ёЁ İı' | lower }}{{ 'àéß ÿđŵ αβγςσ абя ёЁ ı ſ µ ŉ ή ό ύ' | upper }}{{ 'ΟΔΟΣ ΣΑΣ'.lower() }}{{ 'éCOLE élan' | capitalize }}{{ 'éCOLE élan' | title }}{{ 'ŹźŁł ſ'.swapcase() }}
[{{ '\u3000\u00a0 x\u2003\x1c\u0085' | trim }}][{{ '\u3000x\u3000'.lstrip() }}][{{ 'ééxé'.strip('é') }}][{{ 'x\u200b' | trim }}]{{ 'a\u3000b\u00a0c'.split() }}{{ '\ufeff x' | trim | length }}
{{ 'a\nb\n\nc' | indent }}|{{ 'a\nb' | indent(2, true) }}|{{ 'a\n\nb' | indent(2, blank=true) }}|{{ 'a\nb' | indent('> ') }}|{{ 'a\nb\n' | indent(1) }}|{{ '' | indent }}|{{ '<&>"\'' | escape }}{{ 'a<' | e }}
{{ 2.5 | round }} {{ 3.5 | round }} {{ 2.675 | round(2) }} {{ 42.55 | round(1, 'floor') }} {{ 42.51 | round(1, 'ceil') }} {{ 7 | round }} {{ -3 | abs }} {{ 2.5 | abs }} {{ '3.7' | int }} {{ 'z' | int(7) }} {{ '0x1f' | int(base=16) }} {{ '1e3' | int }} {{ '2.5' | float }} {{ 'x' | float(1.5) }} {{ ' 7 ' | int }} {{ true | int }}
{{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2.0 ** 3 }} {{ 7 // -2 }} {{ -7.5 // 2 }} {{ 7.5 % -2 }} {{ 0.3 % 0.1 }} {{ 1e308 * 10 }} {{ 6 / 3 }} {{ 10 // 2.5 }} {{ true + 1 }} {{ -true }} {{ 5 % 3.0 }} {{ 2 * 3 ** 2 }} {{ -2 ** 2 }} {{ 1 ~ 2 + 3 if false else 0 }}
{{ 1 is lt 2 }}{{ 1 is ge 2 }}{{ 'a' is in ['a'] }}{{ 2 is ne 2 }}{{ 3 is divisibleby 3 }}{{ 'A' is upper }}{{ 'a' is lower }}{{ none is sameas none }}{{ 1 is sameas true }}{{ range is callable }}{{ messages is callable }}{{ raise_exception is defined }}{{ namespace is defined }}{{ strftime_now is defined }}{{ 1.0 is integer }}{{ true is integer }}{{ true is number }}
{{ {'items': 1}['items'] }}{{ {'items': 1}.items() | list }}{{ {'a': 1}.items is callable }}{{ {'type': 'x'}.type }}{{ {'get': 5}.get('get') }}{{ 'abc'.nothing is defined }}{{ none.x is defined }}{{ [1].x is defined }}{{ messages[0].keys() | list }}
{{ strftime_now('%Y-%m-%d') }} {{ strftime_now('%d %b %Y') }} {{ strftime_now('%A %a %B %j %H:%M:%S %p %I %y %-d %e %%') }} {{ strftime_now('%Z|%f|%w|%u|%U|%V|%G|%D|%T|%R|%F') }}
{% set ns = namespace(a=1) %}{% set ns.b = [ns.a] %}{{ ns.a }}{{ ns.b }}{{ ns.c is defined }}{% set ns2 = namespace({'x': 1}, y=2) %}{{ ns2.x }}{{ ns2.y }}{{ dict({'a': 1}, b=2) }}{% for i in range(3) %}{% set ns.a = ns.a * 2 %}{% endfor %}{{ ns.a }}{{ ns['a'] }}
{% set ns = namespace(t='') %}{% set ns.t %}block {{ 1 }}{% endset %}{{ ns.t }}{% set x = messages | length > 2 and 'many' or 'few' %}{{ x }}{{ ['a', 'b'][-1] }}{{ 'abc'[-1] }}{{ [1, 2, 3][-2:] }}{{ 'abcdef'[::2] }}{{ 'abc'[5:] }}{{ 'abc'[5] is defined }}{{ [][0] is defined }}
{{ ['a', 'b', 'c'] | join(', ', attribute=none) }}{{ [{'n': 'x'}, {'n': 'y'}] | join('-', attribute='n') }}{{ ','.join(['a', 'b']) }}{{ ' '.join('abc') }}{{ (1, 2) | join }}{{ {'a': 1, 'b': 2} | join(',') }}{{ {'a': 1} | list }}{{ 'ab' | list }}{{ {'a': 1} | length }}{{ {'a': 1} | items | list }}
{% if 'a' is string and 1 is not string or false %}ok{% endif %}{% if not messages is none %}ok{% endif %}{{ not 'a' == 'b' }}{{ 'x' if 1 is defined else 'y' }}{{ 1 if true else 2 if true else 3 }}{{ (1 if false) is undefined }}{{ [1, 2, 3] | length > 2 }}{{ 3 in [1, 2, 3] and 4 not in [1] }}{{ 1 in (1, 2) }}
{% for i in range(5) if i % 2 == 0 %}{{ i }}{{ loop.length }}{% endfor %}{% for i in range(3) %}{% for j in range(3) %}{% if j == 1 %}{% continue %}{% endif %}{% if i == 1 %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}{% for k in {'b': 1, 'a': 2} | dictsort %}{{ k[0] }}{% endfor %}
{{ ['\x7f\x85\xa0', '\u200b\u2028', 'é🦙', '\x00\x1b'] }}{{ {'a': 1.5, 'b': [none, true], 'c': {'d': ()}} }}{{ [1e16, 1e15, 1.5e-5, 123456.789, -0.0, 1e22] }}{{ 'it\'s' ~ ['it\'s'] }}
{{ 'a' 'b' ~ 'c' "d" }}{{ "\x41\u00e9\U0001F999\\\'\"\n\t|" }}{{ '\d' }}{{ 1_000 + 0.5e1 }}{{ 1.e }}{{ [ 1 , 2 , ] }}{{ { 'a' : 1 , } }}
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
    "{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}", "{% macro f(a) %}{% endmacro %}{{ f(b=1) }}", "{% macro f(a) %}{% endmacro %}{{ f(1, a=2) }}",
    "{% macro f(a=1, b) %}{% endmacro %}", "{% macro f() %}{% break %}{% endmacro %}", "{% for i in [1] %}{% generation %}{% break %}{% endgeneration %}{% endfor %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% do 1 %}", "{% trans %}{% endtrans %}",
    "{{ [1].append(2) }}", "{{ {}.update({}) }}", "{{ {'a': 1}.pop('a') }}", "{{ (1, 2) + [3] }}", "{{ [1, 'a'] | sort }}", "{{ [[1], [1]] | unique | list }}",
    "{{ missing | int }}", "{{ missing | tojson }}", "{{ [missing] | tojson }}", "{{ messages | map(attribute='role') | length }}", "{{ 'a'.index('b') }}", "{{ '{}'.format() }}",
    "{{ '%d' % 'a' }}", "{{ '%s' % (1, 2) }}", "{{ '%s %s' % 1 }}", "{{ '{' .format() }}", "{{ ''.join([1]) }}", "{{ 'a'.split('') }}", "{{ messages | selectattr | list }}",
    "{{ messages | map | list }}", "{{ [1] | map('nosuchfilter') | list }}", "{{ [1] | select('nosuchtest') | list }}", "{{ 1 | items | list }}", "{{ 5 | list }}", "{{ 5 | length }}",
    "{{ none() }}", "{{ messages() }}", "{{ 'a'() }}", "{{ loop.index }}", "{% set x.y.z = 1 %}", "{% set true = 1 %}", "{{ missing() }}", "{{ caller() }}", "{{ namespace(1) }}",
    "{% call 1 %}{% endcall %}", "{% filter nosuch %}{% endfilter %}", "{% endmacro %}", "{% macro %}{% endmacro %}", "{{ undefined_thing.x.y }}", "{{ {}.x.y }}", "{{ none + 1 }}", "{{ -'a' }}",
    "{{ 'a' * 'b' }}", "{{ [] - [] }}", "{{ {} + {} }}", "{{ 1 in 'abc' }}", "{{ none < 1 }}", "{{ 'x' | round }}", "{{ 'x' | abs }}", "{{ 'a' is divisibleby 2 }}", "{{ {'a': 1} | dictsort(by='x') }}",
    "{{ raise_exception('no ' ~ 'way') }}", "{{ missing.attribute }}", "{{ 1 + 'a' }}", "{{ 1 / 0 }}", "{{ 1 < 'a' }}",
    "{% if %}", "{% for x in messages %}", "{{ 'abc", "{{ 1", "{% endif %}", "{{ x | nosuchfilter }}", "{% for in x %}{% endfor %}",
    "{{ missing + 'a' }}", "{{ none + 'a' }}", "{{ [1, 2 }}", "{% set x.y = 1 %}", "{% for a, b in [[1]] %}{% endfor %}",
    "{# never closed", "{{ 5 % 0 }}", "{% nosuchtag %}", "{{ nosuchfunction() }}", "{{ }}", "{{ range(1000000) }}",
    "{% for i in 5 %}{% endfor %}", "{{ 1 is nosuchtest }}", "{{ messages.nosuchmethod() }}", "{{ 'a' in 5 }}", "{% break %}",
]


# Prompt formats written for these tests in the manner of well-known models whose own templates are not ours to copy.
OWN = {
    # Date, default system text, tools as indented JSON, strict order of roles: as the Llama 3 family.
    "own: headers": """{{- bos_token }}
{%- if custom_tools is defined %}{% set tools = custom_tools %}{% endif %}
{%- set date = date_string if date_string is defined else (strftime_now("%d %b %Y") if strftime_now is defined else "1 Jan 2024") %}
{%- if messages and messages[0]['role'] == 'system' %}
    {%- set preface = messages[0]['content'] | trim if messages[0]['content'] is string else messages[0]['content'][0]['text'] %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set preface = "" %}
{%- endif %}
{{- "[head]system[/head]\\n\\n" }}
{%- if tools is not none and tools %}
    {{- "Environment: tools\\n" }}
{%- endif %}
{{- "Today: " + date + "\\n\\n" + preface + "[end]" }}
{%- if tools and messages %}
    {%- if messages | length == 0 or messages[0].role != 'user' %}
        {{- raise_exception("A first user message is needed to carry the tools") }}
    {%- endif %}
    {%- set first = messages[0]['content'] %}
    {%- set messages = messages[1:] %}
    {{- '[head]user[/head]\\n\\nAnswer with {"name": ..., "parameters": ...}.\\n\\n' }}
    {%- for t in tools %}{{- t | tojson(indent=4) }}{{- "\\n\\n" }}{%- endfor %}
    {{- first + "[end]" }}
{%- endif %}
{%- for message in messages %}
    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- '[head]' + message['role'] + '[/head]\\n\\n' }}
        {%- if message.content is string %}{{- message.content | trim }}
        {%- else %}{%- for part in message.content %}{{- part.text if part.type == 'text' else '[' ~ part.type ~ ']' }}{%- endfor %}{%- endif %}
        {{- '[end]' }}
    {%- elif 'tool_calls' in message %}
        {%- if message.tool_calls | length != 1 %}{{- raise_exception("One call at a time") }}{%- endif %}
        {%- set call = message.tool_calls[0].function %}
        {{- '[head]assistant[/head]\\n\\n{"name": "' + call.name + '", "parameters": ' }}{{- call.arguments | tojson }}{{- "}[end]" }}
    {%- else %}
        {{- "[head]tool[/head]\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable %}{{- message.content | tojson }}{%- else %}{{- message.content }}{%- endif %}
        {{- "[end]" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '[head]assistant[/head]\\n\\n' }}{%- endif %}
""",
    # The system text goes into the first user turn, roles must alternate, another name for the assistant, parts: as Gemma.
    "own: alternating": """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}{%- set lead = messages[0]['content'] + '\\n\\n' -%}
    {%- else -%}{%- set lead = messages[0]['content'][0]['text'] + '\\n\\n' -%}{%- endif -%}
    {%- set rest = messages[1:] -%}
{%- else -%}
    {%- set lead = "" -%}
    {%- set rest = messages -%}
{%- endif -%}
{%- for message in rest -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Turns must go user/assistant/user/assistant/...") }}
    {%- endif -%}
    {%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}
    {{ '<turn>' + role + '\\n' + (lead if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for part in message['content'] -%}
            {%- if part['type'] == 'image' -%}{{ '<image>' }}{%- elif part['type'] == 'text' -%}{{ part['text'] | trim }}{%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("Content of an unknown form") }}
    {%- endif -%}
    {{ '</turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<turn>model\\n' }}{%- endif -%}
""",
    # Recursive macros over a schema, namespaces, call blocks: as the templates that write tools as type declarations.
    "own: declarations": """
{%- macro type_of(schema, level=0) -%}
    {%- if schema.type == 'array' -%}{{ type_of(schema['items'], level) if schema['items'] else 'any' }}[]
    {%- elif schema.type == 'object' and schema.properties -%}{
        {%- for name, inner in schema.properties.items() -%}
            {{ '\\n' + '  ' * (level + 1) + name }}{{ ': ' if name in (schema.required or []) else '?: ' }}{{ type_of(inner, level=level + 1) }}{{ ',' if not loop.last }}
        {%- endfor -%}
        {{ '\\n' + '  ' * level + '}' }}
    {%- elif schema.enum -%}{{ schema.enum | map('tojson') | join(' | ') }}
    {%- elif schema.type is iterable and schema.type is not string -%}{{ schema.type | join(' | ') }}
    {%- else -%}{{ {'integer': 'number'}.get(schema.type, schema.type | default('any', true)) }}{%- endif -%}
{%- endmacro -%}
{%- macro section(title) -%}## {{ title | upper }}{{ '\\n' }}{{ caller() | trim }}{{ '\\n' }}{%- endmacro -%}
{%- set ns = namespace(calls=0, last=-1, names=[]) -%}
{%- for message in messages -%}{%- if message.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}{%- endfor -%}
{%- if tools -%}
    {%- call section('tools') -%}
        {%- for tool in tools | sort(attribute='function.name') -%}
            {%- set ns.names = ns.names + [tool.function.name] -%}
            {{ tool.function.name }}({{ type_of(tool.function.parameters) }}): {{ tool.function.description.split('\\n')[0] }}{{ '\\n' }}
        {%- endfor -%}
    {%- endcall -%}
{%- endif -%}
{%- for message in messages -%}
    <{{ message.role }}>
    {%- if message.reasoning_content and (loop.index0 > ns.last or enable_thinking is defined and enable_thinking is true) -%}({{ message.reasoning_content }}){%- endif -%}
    {%- if message.content is string -%}{{ message.content.split('</think>')[-1].lstrip('\\n') }}
    {%- elif message.content -%}{{ message.content | selectattr('type', 'equalto', 'text') | map(attribute='text') | join }}{%- endif -%}
    {%- for call in message.tool_calls or [] -%}
        {%- set ns.calls = ns.calls + 1 -%}
        #{{ ns.calls }}:{{ call.function.name }}{{ '?' if call.function.name not in ns.names }}
        {%- if call.function.arguments is mapping -%}
            {%- for key, value in call.function.arguments | dictsort -%}{{ ' %s=%s' | format(key, value | tojson if value is not string else value) }}{%- endfor -%}
        {%- else -%}{{ ' ' ~ call.function.arguments }}{%- endif -%}
    {%- endfor -%}
    {{ '\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}<assistant>{%- if enable_thinking is defined and enable_thinking is false -%}(){%- endif -%}{%- endif -%}
""",
}
