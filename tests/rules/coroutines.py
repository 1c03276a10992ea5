"""No program stands where g++ 12 miscompiles coroutines (docs/programs.md tells the traps).

A small reader of C++ follows brackets and statements; what it cannot tell it lets pass, the sanitizer runs
are the second net.
"""

import re

from source_tree import blank_comments_and_strings, line_of, run

LAMBDA_HEAD = re.compile(r"\[([^\[\]]*)\]\s*(?:<[^<>]*>\s*)?(?:\((?:[^()]|\([^()]*\))*\))?\s*(?:mutable|noexcept|\s)*"
                         r"(?:->\s*[\w:<>,\s&*]+)?$")
BLOCK_HEAD = re.compile(r"(?:^|[;{}:)]|\b(?:else|do|try|const|noexcept|override|final)|->\s*[\w:<>,\s&*]+)\s*$")
TYPE_HEAD = re.compile(r"^\s*(?:template\b.*)?(?:inline\s+)?(?:namespace|class|struct|union|enum|extern|typedef)\b"
                       r"(?!.*=)", re.DOTALL)
CONTROL_HEAD = re.compile(r"\b(?:if|while|for|switch|if\s+constexpr)\s*$")
TOKEN = re.compile(r"co_await\b|co_return\b|co_yield\b|[\[\](){};?]")
CLOSES = {"}": "{", ")": "(", "]": "["}


class Statement:
    """What the statement being read has had so far, outside the bodies of its lambdas."""

    def __init__(self, start):
        self.start = start
        self.awaits = self.chooses = self.braces = self.copies = False

    def complaint(self):
        if self.awaits and self.chooses:
            return "co_await and ?: in one statement; use if"
        if self.awaits and self.braces:
            return "braces in a co_await expression; give the value a name first"
        if self.awaits and self.copies:
            return "a lambda that captures by copy in a co_await expression; give it a name first"
        return None


class Bracket:
    def __init__(self, mark, is_block=False, is_lambda=False, is_control=False):
        self.mark = mark
        self.is_block = is_block  # a body: statements of its own
        self.is_lambda = is_lambda
        self.is_control = is_control  # the parentheses of if, while, for, switch
        self.is_coroutine = False


def copies_something(captures):
    items = [item.strip() for item in captures.split(",")]
    return any(item and item != "this" and not item.startswith("&") for item in items)


class Reader:
    def __init__(self, text):
        self.text = text
        self.statements = [Statement(0)]  # of the bodies that are open
        self.brackets = []
        self.found = []  # (offset, complaint)

    def read(self):
        for match in TOKEN.finditer(self.text):
            token, offset, statement = match.group(), match.start(), self.statements[-1]
            before = statement.complaint()
            if token in "[({":
                self.open(token, offset)
            elif token in CLOSES:
                self.close(token, offset)
            elif token == ";":
                self.statements[-1] = Statement(offset + 1)
            elif token == "?":
                statement.chooses = True
            else:
                self.resume_point(token, offset)
            if statement.complaint() != before:
                self.found.append((offset, statement.complaint()))
        return self.found

    def open(self, mark, offset):
        statement = self.statements[-1]
        head = self.text[statement.start:offset]
        bracket = Bracket(mark, is_control=mark == "(" and bool(CONTROL_HEAD.search(head)))
        if mark == "{":
            found = LAMBDA_HEAD.search(head)
            bracket.is_lambda = bool(found) and not re.search(r"operator\s*$", head[:found.start()])
            bracket.is_block = bracket.is_lambda or bool(BLOCK_HEAD.search(head) or TYPE_HEAD.search(head))
            if bracket.is_lambda:
                statement.copies = statement.copies or copies_something(found.group(1))
            if not bracket.is_block:
                statement.braces = True
        self.brackets.append(bracket)
        if bracket.is_block:
            self.statements.append(Statement(offset + 1))

    def close(self, mark, offset):
        if not self.brackets or self.brackets[-1].mark != CLOSES[mark]:
            return  # an #if that opens or closes twice
        bracket = self.brackets.pop()
        if bracket.is_block:
            self.statements.pop()
            if bracket.is_lambda and bracket.is_coroutine and re.match(r"\s*\(", self.text[offset + 1:]):
                self.found.append((offset, "a lambda coroutine called where it stands; its captures die first"))
        if bracket.is_control or (bracket.is_block and not bracket.is_lambda):
            self.statements[-1] = Statement(offset + 1)

    def resume_point(self, token, offset):
        """co_await, co_yield or co_return."""
        for bracket in reversed(self.brackets):
            if bracket.is_block:
                bracket.is_coroutine = True
                break
            if bracket.mark == "{":
                self.found.append((offset, f"{token} inside braces; give the value a name first"))
        if token != "co_return":
            self.statements[-1].awaits = True


def type_bodies(text):
    """Yields (offset, name, body) of each struct and class, without the bodies of the types inside it."""
    heads = list(re.finditer(r"\b(?:struct|class)\s+(\w+)[^;{}()]*\{", text))
    for match in reversed(heads):  # inner types stand after the heads of outer ones
        depth, end = 1, match.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        yield match.start(), match.group(1), text[match.end():end]
        text = text[:match.end()] + " " * (end - match.end()) + text[end:]


def aggregates(text, name):
    """Options and awaiters without a constructor of their own. Yields (offset, complaint)."""
    for offset, type_name, body in type_bodies(text):
        is_options = name.startswith("reasoning/") and type_name.endswith("Options")
        if (is_options or "await_ready" in body) and not re.search(rf"\b{type_name}\(", body):
            yield offset, f"{type_name} needs a constructor, or g++ 12 destroys its temporaries twice"


def check(tree):
    for name in tree.cpp():
        text = blank_comments_and_strings(tree.text(name))
        text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda match: re.sub(r"[^\n]", " ", match.group()), text,
                      flags=re.MULTILINE)
        for offset, complaint in [*Reader(text).read(), *aggregates(text, name)]:
            yield f"{name}:{line_of(text, offset)}: {complaint}"


def body(statements):
    return {"reasoning/a.cc": "Task<int> F(Query& query) {\n" + statements + "\n}\n"}


CASES = [
    (body("int a = c ? co_await x : b;"), "a.cc:2: co_await and ?:"),
    (body("int a = co_await (c ? x : y);"), "co_await and ?:"),
    (body("Use(std::vector<int>{co_await x});"), "co_await inside braces"),
    (body("int a[] = {1, co_await x};"), "co_await inside braces"),
    (body("co_await branch.Generate({.max_tokens = 3});"), "braces in a co_await expression"),
    (body("co_await branch.Generate(Until{3});"), "braces in a co_await expression"),
    (body("Use(Pair{1, 2}, co_await x);"), "braces in a co_await expression"),
    (body("co_await query.ForEach(list, [n](Branch b) -> Task<> { co_await b.Generate(n); });"), "captures by copy"),
    (body("co_await query.ForEach(list, [&, n = 2](Branch b) -> Task<> { co_return; });"), "captures by copy"),
    (body("auto task = [&](int n) -> Task<> { co_await Use(n); }(3);"), "called where it stands"),
    ({"reasoning/a.h": "struct SearchOptions { int n = 1; };\n"}, "SearchOptions needs a constructor"),
    ({"engine/a.h": "struct Awaiter : Base { bool await_ready(); };\n"}, "Awaiter needs a constructor"),
    ({"engine/a.h": "struct Promise { struct Awaiter { bool await_ready(); }; };\n"}, "Awaiter needs a constructor"),
    ({"engine/a.h": "struct Promise { struct Awaiter { Awaiter() {}\n bool await_ready(); }; };\n"}, None),
    ({"reasoning/a.h": "struct SearchOptions { int n = 1;\n  SearchOptions() {}\n};\n"}, None),
    (body("""
  auto named = [n](Branch b) -> Task<> { co_await b.Generate(n); };
  co_await query.ForEach(root.Fork(3), named);
  co_await query.ForEach(root.Fork(options.samples), [&](Branch branch) -> Task<> {
    co_await branch.Generate(Until::kAnswer);
    if (ballot.Decided()) query.StopSiblings();
    const int n = ready ? 1 : 2;  // co_await a ? b : c
  });
  if (co_await Ready()) co_return {};
  for (const int i : {1, 2}) co_await Use(i, "a ? b");
  const std::vector<int> list = {1, 2};
  switch (n) {
    case 1: {
      co_await Use(1);
      break;
    }
  }
  const Until until{3};
  co_await branch.Generate(until);
  const int m = c ? 1 : 2;
  co_return Answer{m};"""), None),
]

if __name__ == "__main__":
    run(check, CASES)
