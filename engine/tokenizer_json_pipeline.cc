#include "engine/tokenizer_json_pipeline.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/cat.h"
#include "base/status.h"
#include "engine/quoted.h"

namespace espalier {
namespace {

constexpr size_t kMaxSteps = 32;
constexpr size_t kMaxPrefixBytes = 64;

absl::Status Unsupported(std::string_view kind, const Json& component) {
  const Json& type = Field(component, "type");
  const std::string name = type.is_string() ? type.get<std::string>() : std::string(type.type_name());
  return absl::UnimplementedError(
      Cat(kind, " ", Quoted(name), " is not supported; use a model with another tokenizer"));
}

absl::Status Malformed(std::string_view kind, std::string_view fault) {
  return absl::InvalidArgumentError(Cat(kind, ": ", fault));
}

absl::Status InContext(std::string_view kind, const absl::Status& status) {
  return absl::Status(status.code(), Cat(kind, ": ", ToStd(status.message())));
}

std::string_view TypeOf(const Json& component) {
  const Json& type = Field(component, "type");
  return type.is_string() ? std::string_view(type.get_ref<const std::string&>()) : "";
}

// The components in order, members of sequences in their place. The depth of JSON bounds the recursion.
absl::Status Flatten(const Json& component, std::string_view kind, std::string_view members,
                     std::vector<const Json*>& flat) {
  if (component.is_null()) return absl::OkStatus();
  if (TypeOf(component) != "Sequence") {
    flat.push_back(&component);
    if (flat.size() > kMaxSteps) return Malformed(kind, Cat("more than ", kMaxSteps, " steps"));
    return absl::OkStatus();
  }
  const Json& list = Field(component, members);
  if (!list.is_array()) return Malformed(kind, Cat("a Sequence without ", members));
  for (const Json& member : list) ESPALIER_RETURN_IF_ERROR(Flatten(member, kind, members, flat));
  return absl::OkStatus();
}

struct NamedPattern {
  SplitPattern pattern;
  size_t min_bytes;  // of a match
};

// {"Regex": ...} or {"String": ...}
absl::StatusOr<NamedPattern> ReadPattern(const Json& component, std::string_view kind) {
  const Json& pattern = Field(component, "pattern");
  const auto text = GetString(pattern, "String", "");
  if (text.ok() && !text->empty()) return NamedPattern{SplitPattern::Literal(*text), text->size()};
  const auto regex = GetString(pattern, "Regex", "");
  if (!regex.ok() || regex->empty()) return Malformed(kind, "a pattern is neither a String nor a Regex");
  absl::StatusOr<SplitPattern> compiled = SplitPattern::Compile(*regex);
  if (!compiled.ok()) return InContext(kind, compiled.status());
  return NamedPattern{*std::move(compiled), 0};
}

absl::StatusOr<std::string_view> ReadPrefix(const Json& component, std::string_view key,
                                            std::string_view absent, std::string_view kind) {
  const auto prefix = GetString(component, key, absent);
  if (!prefix.ok()) return InContext(kind, prefix.status());
  if (prefix->empty() || prefix->size() > kMaxPrefixBytes) {
    return Malformed(
        kind, Cat("'", key, "' has ", prefix->size(), " bytes; 1 to ", kMaxPrefixBytes, " can be used"));
  }
  return *prefix;
}

absl::Status ReadNormalizerStep(const Json& component, Normalizer& normalizer) {
  static const auto& forms = *new std::map<std::string_view, NormalForm>{{"NFC", NormalForm::kNfc},
                                                                         {"NFD", NormalForm::kNfd},
                                                                         {"NFKC", NormalForm::kNfkc},
                                                                         {"NFKD", NormalForm::kNfkd}};
  constexpr std::string_view kKind = "normalizer";
  const std::string_view type = TypeOf(component);
  if (const auto form = forms.find(type); form != forms.end()) {
    normalizer.AddForm(form->second);
  } else if (type == "Prepend") {
    ESPALIER_ASSIGN_OR_RETURN(const std::string_view prefix, ReadPrefix(component, "prepend", "", kKind));
    const absl::Status added = normalizer.AddPrefix(prefix, PrefixPlace::kEverywhere);
    if (!added.ok()) return InContext(kKind, added);
  } else if (type == "Replace") {
    ESPALIER_ASSIGN_OR_RETURN(NamedPattern pattern, ReadPattern(component, kKind));
    const auto content = GetString(component, "content", "");
    if (!content.ok()) return InContext(kKind, content.status());
    const absl::Status added =
        normalizer.AddReplacement(std::move(pattern.pattern), pattern.min_bytes, *content);
    if (!added.ok()) return InContext(kKind, added);
  } else if (type == "Strip") {
    const auto left = GetBool(component, "strip_left", true);
    const auto right = GetBool(component, "strip_right", true);
    if (!left.ok() || !right.ok()) return Malformed(kKind, "a Strip whose sides are not true or false");
    normalizer.AddStrip(*left, *right);
  } else {
    return Unsupported(kKind, component);
  }
  return absl::OkStatus();
}

// Reads pre-tokenizers one after the other.
class PreTokenizerReader {
 public:
  explicit PreTokenizerReader(BpeVocabulary& vocabulary) : vocabulary_(vocabulary) {
    vocabulary.byte_level = false;
  }

  absl::Status Read(const Json& component) {
    const std::string_view type = TypeOf(component);
    if (vocabulary_.byte_level) return Refuse("a step after ByteLevel");
    if (type == "Split") return ReadSplit(component);
    if (type == "ByteLevel") return ReadByteLevel(component);
    if (type == "Metaspace") return ReadMetaspace(component);
    if (type == "Digits") {
      const auto individual = GetBool(component, "individual_digits", false);
      if (!individual.ok()) return InContext(kKind, individual.status());
      return Add(R"(\p{N})", *individual ? SplitBehavior::kIsolated : SplitBehavior::kContiguous);
    }
    if (type == "Punctuation") {
      ESPALIER_ASSIGN_OR_RETURN(const SplitBehavior behavior, ReadBehavior(component));
      return Add(R"([\p{P}$+<=>^`|~])", behavior);
    }
    if (type == "Whitespace") return Add(R"(\w+|[^\w\s]+)", SplitBehavior::kRemoved, /*invert=*/true);
    if (type == "WhitespaceSplit") return Add(R"(\s)", SplitBehavior::kRemoved);
    return Unsupported(kKind, component);
  }

 private:
  static constexpr std::string_view kKind = "pre_tokenizer";

  static absl::Status Refuse(std::string_view what) {
    return absl::UnimplementedError(
        Cat("pre_tokenizer: ", what, " is not supported; use a model with another tokenizer"));
  }

  absl::Status Add(std::string_view pattern, SplitBehavior behavior, bool invert = false) {
    absl::StatusOr<SplitPattern> compiled = SplitPattern::Compile(pattern);
    if (!compiled.ok()) return InContext(kKind, compiled.status());
    return Add({*std::move(compiled), behavior, invert});
  }

  absl::Status Add(SplitStage stage) {
    vocabulary_.pre_tokenizer.Add(std::move(stage));
    ++stages_;
    return absl::OkStatus();
  }

  absl::Status AddPrefix(std::string_view prefix, PrefixPlace place) {
    const absl::Status added = vocabulary_.preparation.AddPrefix(prefix, place);
    return added.ok() ? added : InContext(kKind, added);
  }

  absl::StatusOr<SplitBehavior> ReadBehavior(const Json& component) const {
    static const auto& behaviors = *new std::map<std::string_view, SplitBehavior>{
        {"Removed", SplitBehavior::kRemoved},
        {"Isolated", SplitBehavior::kIsolated},
        {"MergedWithPrevious", SplitBehavior::kMergedWithPrevious},
        {"MergedWithNext", SplitBehavior::kMergedWithNext},
        {"Contiguous", SplitBehavior::kContiguous}};
    const auto name = GetString(component, "behavior", "Isolated");
    const auto behavior = name.ok() ? behaviors.find(*name) : behaviors.end();
    if (behavior == behaviors.end()) return Malformed(kKind, "a behavior that is not known");
    return behavior->second;
  }

  absl::Status ReadSplit(const Json& component) {
    ESPALIER_ASSIGN_OR_RETURN(NamedPattern pattern, ReadPattern(component, kKind));
    ESPALIER_ASSIGN_OR_RETURN(const SplitBehavior behavior, ReadBehavior(component));
    const auto invert = GetBool(component, "invert", false);
    if (!invert.ok()) return InContext(kKind, invert.status());
    return Add({std::move(pattern.pattern), behavior, *invert});
  }

  absl::Status ReadByteLevel(const Json& component) {
    const auto prefix = GetBool(component, "add_prefix_space", true);
    const auto splits = GetBool(component, "use_regex", true);
    if (!prefix.ok()) return InContext(kKind, prefix.status());
    if (!splits.ok()) return InContext(kKind, splits.status());
    if (*prefix && stages_ > 0) return Refuse("add_prefix_space after other steps");
    if (*prefix) ESPALIER_RETURN_IF_ERROR(AddPrefix(" ", PrefixPlace::kEverywhereUnlessPresent));
    if (*splits) ESPALIER_RETURN_IF_ERROR(Add(kGpt2Pattern, SplitBehavior::kIsolated));
    vocabulary_.byte_level = true;
    return absl::OkStatus();
  }

  absl::Status ReadMetaspace(const Json& component) {
    if (stages_ > 0 || !vocabulary_.preparation.empty()) return Refuse("Metaspace after other steps");
    ESPALIER_ASSIGN_OR_RETURN(const std::string_view mark,
                              ReadPrefix(component, "replacement", "\u2581", kKind));
    const absl::Status added = vocabulary_.preparation.AddReplacement(SplitPattern::Literal(" "), 1, mark);
    if (!added.ok()) return InContext(kKind, added);
    const auto legacy = GetBool(component, "add_prefix_space", true);
    if (!legacy.ok()) return InContext(kKind, legacy.status());
    const auto scheme = GetString(component, "prepend_scheme", *legacy ? "always" : "never");
    if (!scheme.ok()) return InContext(kKind, scheme.status());
    if (*scheme == "always") {
      ESPALIER_RETURN_IF_ERROR(AddPrefix(mark, PrefixPlace::kEverywhereUnlessPresent));
    } else if (*scheme == "first") {
      ESPALIER_RETURN_IF_ERROR(AddPrefix(mark, PrefixPlace::kTextStartUnlessPresent));
    } else if (*scheme != "never") {
      return Malformed(kKind, "a prepend_scheme that is not known");
    }
    const auto splits = GetBool(component, "split", true);
    if (!splits.ok()) return InContext(kKind, splits.status());
    if (*splits) return Add({SplitPattern::Literal(mark), SplitBehavior::kMergedWithNext});
    return absl::OkStatus();
  }

  BpeVocabulary& vocabulary_;
  int stages_ = 0;
};

// What a decoder does with a space at the start: strips it or not.
absl::Status ReadDecoderStep(const Json& component, BpeVocabulary& vocabulary) {
  constexpr std::string_view kKind = "decoder";
  const std::string_view type = TypeOf(component);
  if (type == "ByteLevel" && vocabulary.byte_level) return absl::OkStatus();
  if (vocabulary.byte_level) return Unsupported(kKind, component);
  if (type == "ByteFallback" || type == "Fuse") return absl::OkStatus();
  if (type == "Replace") {
    const auto mark = GetString(Field(component, "pattern"), "String", "");
    const auto content = GetString(component, "content", "");
    const bool known = mark.ok() && content.ok() && !mark->empty() && *content == " ";
    if (!known || !vocabulary.space_mark.empty()) return Unsupported(kKind, component);
    vocabulary.space_mark = *mark;
  } else if (type == "Strip") {
    const auto content = GetString(component, "content", "");
    const auto start = GetInt(component, "start", 1 << 20, 0);
    const auto stop = GetInt(component, "stop", 1 << 20, 0);
    const bool known =
        content.ok() && *content == " " && start.ok() && *start <= 1 && stop.ok() && *stop == 0;
    if (!known) return Unsupported(kKind, component);
    vocabulary.adds_space_prefix = *start == 1;
  } else if (type == "Metaspace") {
    ESPALIER_ASSIGN_OR_RETURN(vocabulary.space_mark, ReadPrefix(component, "replacement", "\u2581", kKind));
    const auto legacy = GetBool(component, "add_prefix_space", true);
    const auto scheme = GetString(component, "prepend_scheme", legacy.ok() && *legacy ? "always" : "never");
    if (!scheme.ok()) return InContext(kKind, scheme.status());
    vocabulary.adds_space_prefix = *scheme != "never";
  } else {
    return Unsupported(kKind, component);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadNormalizer(const Json& component, Normalizer& normalizer) {
  std::vector<const Json*> steps;
  ESPALIER_RETURN_IF_ERROR(Flatten(component, "normalizer", "normalizers", steps));
  for (const Json* step : steps) ESPALIER_RETURN_IF_ERROR(ReadNormalizerStep(*step, normalizer));
  return absl::OkStatus();
}

absl::Status ReadPreTokenizer(const Json& component, BpeVocabulary& vocabulary) {
  std::vector<const Json*> steps;
  ESPALIER_RETURN_IF_ERROR(Flatten(component, "pre_tokenizer", "pretokenizers", steps));
  PreTokenizerReader reader(vocabulary);
  for (const Json* step : steps) ESPALIER_RETURN_IF_ERROR(reader.Read(*step));
  return absl::OkStatus();
}

absl::Status ReadDecoder(const Json& component, BpeVocabulary& vocabulary) {
  std::vector<const Json*> steps;
  ESPALIER_RETURN_IF_ERROR(Flatten(component, "decoder", "decoders", steps));
  for (const Json* step : steps) ESPALIER_RETURN_IF_ERROR(ReadDecoderStep(*step, vocabulary));
  return absl::OkStatus();
}

}  // namespace espalier
