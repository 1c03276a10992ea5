"""What make_chat_templates.py gives to each template."""

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather, now or later.\nTakes a \"city\" <b>&'s name</b>.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "As in Zürich or 東京"},
                "days": {"type": "integer", "minimum": 0, "maximum": 14, "default": 1},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
                "places": {"type": "array", "items": {"type": "object", "properties": {"lat": {"type": "number"}}}},
                "exact": {"type": ["boolean", "null"], "default": False},
            },
            "required": ["city"],
        },
        "return": {"type": "object", "properties": {"degrees": {"type": "number"}}},
    },
}
ADD = {"type": "function",
       "function": {"name": "add", "description": "Adds.", "parameters": {"type": "object", "properties": {}}}}


def call(name: str, arguments, identifier: str = "call12345") -> dict:
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}


USER = {"role": "user", "content": "2+2?"}
SYSTEM = {"role": "system", "content": "Be brief."}
ANSWER = {"role": "assistant", "content": "4"}
NEXT = {"role": "user", "content": "And now <|im_end|> {{ x }}?"}
CALL = {"role": "assistant", "content": "", "tool_calls": [call("get_weather", {"city": "Zürich", "days": 2, "exact": True})]}
RESULT = {"role": "tool", "name": "get_weather", "tool_call_id": "call12345", "content": "{\"degrees\": 21.5}"}
CALLS = {"role": "assistant", "content": "I look.", "tool_calls": [
    call("get_weather", {"city": "Bern", "places": [{"lat": 46.9}], "unit": None}, "aaaaaaaa1"), call("add", {}, "bbbbbbbb2")]}
RESULTS = [{"role": "tool", "name": "get_weather", "tool_call_id": "aaaaaaaa1", "content": "rain"},
           {"role": "tool", "name": "add", "tool_call_id": "bbbbbbbb2", "content": "0"}]
THOUGHT = {"role": "assistant", "reasoning_content": "Two and two\nmake four.", "content": "4"}
INLINE = {"role": "assistant", "content": "<think>\nTwo and two.\n</think>\n\n4"}
TOOLS = [WEATHER, ADD]

INPUTS = {
    "plain": {"messages": [USER]},
    "system": {"messages": [SYSTEM, USER]},
    "turns": {"messages": [SYSTEM, USER, ANSWER, NEXT]},
    "turns without system": {"messages": [USER, ANSWER, NEXT]},
    "answered": {"messages": [USER, ANSWER]},
    "odd spaces": {"messages": [{"role": "system", "content": "\u3000 s \n"},
                                {"role": "user", "content": "\u00a0\n a  b\t\n\n"}, {"role": "assistant", "content": " é🦙\u2028 "}, USER]},
    "tools": {"messages": [SYSTEM, USER], "tools": TOOLS},
    "tools without system": {"messages": [USER], "tools": TOOLS},
    "no tools": {"messages": [SYSTEM, USER], "tools": []},
    "call": {"messages": [USER, CALL, RESULT], "tools": TOOLS},
    "calls": {"messages": [SYSTEM, USER, CALLS, *RESULTS, ANSWER, NEXT], "tools": TOOLS},
    "call without content": {"messages": [USER, {**CALL, "content": None}, RESULT, ANSWER, NEXT], "tools": [WEATHER]},
    "call with text arguments": {"messages": [
        USER, {**CALL, "tool_calls": [call("add", "{\"a\": 1, \"b\": 2.50}")]}, {**RESULT, "content": "3.5"}], "tools": TOOLS},
    "reasoning": {"messages": [USER, THOUGHT, NEXT]},
    "reasoning in the text": {"messages": [SYSTEM, USER, INLINE, NEXT]},
    "reasoning with a call": {"messages": [USER, {**CALL, "reasoning_content": "I need it."}, RESULT], "tools": TOOLS},
    "thinking off": {"messages": [USER], "variables": {"enable_thinking": False, "thinking": False, "thinking_budget": 0}},
    "thinking on": {"messages": [SYSTEM, USER, THOUGHT, NEXT], "variables": {
        "enable_thinking": True, "thinking": True, "thinking_budget": 512, "reasoning_effort": "high", "clear_thinking": False}},
    "variables": {"messages": [{"role": "developer", "content": "Dev."}, USER], "variables": {
        "builtin_tools": ["browser", "python"], "model_identity": "You are a test.", "keep_cot": True, "xml_tools": TOOLS,
        "custom_instructions": "Own.", "controls": {"length": "short"}}},
    "documents": {"messages": [USER], "documents": [{"doc_id": 1, "title": "T", "text": "Some text."}, {"doc_id": 2, "text": "é"}]},
    "parts": {"messages": [{"role": "system", "content": [{"type": "text", "text": "Be brief."}]}, {"role": "user", "content": [
        {"type": "text", "text": "See "}, {"type": "image"}, {"type": "image_url", "image_url": {"url": "u"}},
        {"type": "text", "text": "there."}]}]},
    "nothing": {"messages": []},
    "only system": {"messages": [SYSTEM]},
    "assistant first": {"messages": [ANSWER, USER]},
    "two users": {"messages": [USER, NEXT]},
    "system last": {"messages": [USER, ANSWER, SYSTEM]},
    "tool first": {"messages": [RESULT, USER]},
    "unknown role": {"messages": [USER, {"role": "critic", "content": "No."}]},
}

SNIPPET_INPUT = {
    "snippet": {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": " Some text \n"},
                             {"role": "assistant", "content": "b"}, {"role": "tool", "content": "{\"x\": 1}"},
                             {"role": "user", "content": "é🦙 <|im_end|> {{ x }} {% if %}"}]},
}
