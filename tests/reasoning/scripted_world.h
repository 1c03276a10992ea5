// A runtime on the scripted engine in which the test writes what each branch says.
#ifndef ESPALIER_TESTS_REASONING_SCRIPTED_WORLD_H_
#define ESPALIER_TESTS_REASONING_SCRIPTED_WORLD_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/random.h"
#include "engine/scripted_engine.h"
#include "reasoning/runtime.h"

namespace espalier {

// `texts` maps branch paths ("0.3") to what those branches generate, followed by the end token. Branches that
// are not named never end: they say "." for ever.
class ScriptedWorld {
 public:
  ScriptedWorld(std::string problem, std::map<std::string, std::string> texts,
                ScriptedEngineOptions engine = ScriptedEngineOptions())
      : problem_(std::move(problem)),
        engine_(engine, Script(problem_, std::move(texts))),
        runtime_(engine_) {}

  Runtime& runtime() { return runtime_; }
  ScriptedEngine& engine() { return engine_; }
  QueryRequest Request(const std::string& program) const { return QueryRequest(problem_, program); }
  QueryResult Run(const std::string& program) { return runtime_.Run(Request(program)); }

  // Registers a program of the test's own under `name`.
  void Add(const std::string& name, ProgramBody body) {
    runtime_.RegisterProgram(ProgramDescription(name, "a test's"), [body](ProgramOptions&) { return body; });
  }

  bool PagesAllFree() {
    const PageUsage usage = runtime_.scheduler().cache().Usage();
    return usage.leased == 0;
  }

 private:
  // A branch inherits its parent's key space by position only: each path draws from its own text, indexed by
  // the tokens generated since the prompt.
  static ScriptedEngine::Script Script(const std::string& problem, std::map<std::string, std::string> texts) {
    std::map<uint64_t, std::string> by_key;
    const uint64_t seed = StableHash(problem, 0);
    for (auto& [path, text] : texts) by_key[StableHash(path, seed)] = text;
    return [by_key](const ScriptedDraw& draw) -> TokenId {
      const auto found = by_key.find(draw.random_key);
      if (found == by_key.end()) return '.';
      const int64_t next = static_cast<int64_t>(draw.tokens.size()) - draw.generated_from;
      const std::string& text = found->second;
      return next < static_cast<int64_t>(text.size()) ? static_cast<unsigned char>(text[next])
                                                      : ByteTokenizer::kEnd;
    };
  }

  std::string problem_;
  ScriptedEngine engine_;
  Runtime runtime_;
};

}  // namespace espalier

#endif  // ESPALIER_TESTS_REASONING_SCRIPTED_WORLD_H_
