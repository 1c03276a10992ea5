#include "tests/engine/golden_vocabulary.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "base/cat.h"
#include "base/check.h"
#include "base/utf8.h"
#include "engine/gguf.h"
#include "engine/tokenizer_json.h"
#include "gtest/gtest.h"

namespace espalier {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFolder = "tests/golden/tokenizer/";

GgufFile OpenVocabulary(const std::string& name) {
  const std::string path = Cat(testing::TempDir(), "espalier-", getpid(), "-", name, ".gguf");
  std::ofstream(path, std::ios::binary) << InflateGolden(Cat(name, ".gguf.gz"));
  absl::StatusOr<GgufFile> file = GgufFile::Open(path);
  unlink(path.c_str());
  ESPALIER_CHECK(file.ok(), file.status().ToString());
  return *std::move(file);
}

struct ScoredMerge {
  double score;
  size_t left_length, right_length;  // in characters
  std::string_view left, right;
};

size_t CountCharacters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

// The pairs of tokens that make a token, best first, as the transformers library converts SentencePiece:
// stable by (score, lengths) descending, pairs of one token by the ids of the two.
Json MakeScoredMerges(const std::vector<std::string_view>& tokens, const std::vector<double>& scores) {
  std::map<std::string_view, int> ids;
  for (size_t id = 0; id < tokens.size(); ++id) ids[tokens[id]] = static_cast<int>(id);
  std::vector<ScoredMerge> merges;
  for (size_t id = 0; id < tokens.size(); ++id) {
    const std::string_view token = tokens[id];
    const size_t first = merges.size();
    for (size_t i = Utf8CharacterSize(token); i < token.size(); i += Utf8CharacterSize(token.substr(i))) {
      const std::string_view left = token.substr(0, i), right = token.substr(i);
      if (ids.count(left) == 0 || ids.count(right) == 0) continue;
      merges.push_back({scores[id], CountCharacters(left), CountCharacters(right), left, right});
    }
    std::sort(merges.begin() + first, merges.end(), [&](const ScoredMerge& a, const ScoredMerge& b) {
      return std::tuple(ids[a.left], ids[a.right]) < std::tuple(ids[b.left], ids[b.right]);
    });
  }
  std::stable_sort(merges.begin(), merges.end(), [](const ScoredMerge& a, const ScoredMerge& b) {
    return std::tie(a.score, a.left_length, a.right_length) >
           std::tie(b.score, b.left_length, b.right_length);
  });
  Json list = Json::array();
  for (const ScoredMerge& merge : merges) list.push_back({merge.left, merge.right});
  return list;
}

Json MakeAddedTokens(const std::vector<std::string_view>& tokens, const std::vector<int64_t>& types) {
  Json added = Json::array();
  for (size_t id = 0; id < tokens.size(); ++id) {
    if (types[id] < 2 || types[id] > 4) continue;  // unknown, control, user-defined
    added.push_back(
        {{"id", id}, {"content", tokens[id]}, {"special", types[id] != 4}, {"normalized", false}});
  }
  return added;
}

}  // namespace

std::string MakeTokenizerJson(const std::string& name) {
  const GgufFile file = OpenVocabulary(name);
  const std::vector<std::string_view> tokens = file.GetStrings("tokenizer.ggml.tokens").value();
  Json content = Json::parse(ReadGolden("pipelines.json"))[name];
  content["added_tokens"] = MakeAddedTokens(tokens, file.GetInts("tokenizer.ggml.token_type").value());
  Json& model = content["model"];
  for (size_t id = 0; id < tokens.size(); ++id) model["vocab"][std::string(tokens[id])] = id;
  if (file.Has("tokenizer.ggml.merges")) {
    model["merges"] = file.GetStrings("tokenizer.ggml.merges").value();
  } else {
    model["merges"] = MakeScoredMerges(tokens, file.GetFloats("tokenizer.ggml.scores").value());
  }
  return content.dump();
}

const Tokenizer& GoldenTokenizer(const std::string& name) {
  static auto& loaded = *new std::map<std::string, std::unique_ptr<Tokenizer>>();
  std::unique_ptr<Tokenizer>& tokenizer = loaded[name];
  if (tokenizer == nullptr) tokenizer = MakeTokenizer(OpenVocabulary(name)).value();
  return *tokenizer;
}

const Tokenizer& GoldenJsonTokenizer(const std::string& name) {
  static auto& loaded = *new std::map<std::string, std::unique_ptr<Tokenizer>>();
  std::unique_ptr<Tokenizer>& tokenizer = loaded[name];
  if (tokenizer == nullptr) {
    TokenizerFiles files;
    files.tokenizer = MakeTokenizerJson(name);
    tokenizer = ParseTokenizerJson(files).value();
  }
  return *tokenizer;
}

std::string ReadGolden(const std::string& file_name) {
  std::ifstream file(Cat(kFolder, file_name), std::ios::binary);
  ESPALIER_CHECK(file.good(), "cannot open ", file_name);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::string InflateGolden(const std::string& file_name) {
  const std::string path = Cat(kFolder, file_name);
  const gzFile file = gzopen(path.c_str(), "rb");
  ESPALIER_CHECK(file != nullptr, "cannot open ", path);
  std::string bytes;
  std::vector<char> chunk(1 << 20);
  for (int read; (read = gzread(file, chunk.data(), chunk.size())) > 0;) bytes.append(chunk.data(), read);
  ESPALIER_CHECK(gzclose(file) == Z_OK, path, " is damaged");
  return bytes;
}

std::vector<std::string> SplitAt(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t end; (end = text.find(separator, begin)) != std::string_view::npos;
       begin = end + separator.size()) {
    parts.emplace_back(text.substr(begin, end - begin));
  }
  parts.emplace_back(text.substr(begin));
  return parts;
}

}  // namespace espalier
