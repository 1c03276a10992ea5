#include "reward/answers/answer_parser.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "reward/answers/answer_words.h"

namespace espalier {
namespace {

using Kind = AnswerTokenKind;

constexpr size_t kMaxDifferences = 8;

bool IsNumeric(const AnswerNode& node) {
  return node.kind != NodeKind::kVariable && node.kind != NodeKind::kName && node.kind != NodeKind::kRelation;
}

}  // namespace

AnswerParser::AnswerParser(const std::vector<AnswerToken>& tokens, AnswerExpression* expression,
                           ParserOptions options)
    : tokens_(tokens), expression_(*expression), options_(options) {}

std::optional<int32_t> AnswerParser::Parse() {
  const int32_t root = ParseList();
  if (failed_ || Peek().kind != Kind::kEnd) return std::nullopt;
  return root;
}

const AnswerToken& AnswerParser::Peek(size_t ahead) const {
  return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
}

bool AnswerParser::Take(std::string_view symbol) {
  if (!Peek().Is(symbol)) return false;
  Next();
  return true;
}

int32_t AnswerParser::Fail() {
  failed_ = true;
  return kFailed;
}

int32_t AnswerParser::Make(NodeKind kind, std::vector<int32_t> children) {
  const bool broken = std::find(children.begin(), children.end(), kFailed) != children.end();
  if (failed_ || broken || expression_.nodes.size() >= AnswerExpression::kMaxNodes) return Fail();
  return expression_.Append(kind, std::move(children));
}

int32_t AnswerParser::MakeLeaf(NodeKind kind, std::string text, int32_t value) {
  if (failed_ || expression_.nodes.size() >= AnswerExpression::kMaxNodes) return Fail();
  return expression_.Append({.kind = kind, .value = value, .text = std::move(text)});
}

bool AnswerParser::TakeJoint(bool* is_or, bool* is_and) {
  const bool comma = Take(",") || Take(";");
  const std::string word = Peek().kind == Kind::kWord ? Peek().Lower() : "";
  if (word != "or" && word != "and") {
    *is_or = *is_and = false;
    return comma;
  }
  Next();
  *is_or = word == "or";
  *is_and = word == "and";
  return true;
}

int32_t AnswerParser::ParseList() {
  std::vector<int32_t> items = {ParseItem()};
  bool only_or = true;
  bool only_and = true;
  bool is_or = false;
  bool is_and = false;
  while (!failed_ && TakeJoint(&is_or, &is_and)) {
    if (Peek().kind == Kind::kEnd) break;  // "3, 4,"
    only_or = only_or && is_or;
    only_and = only_and && is_and;
    items.push_back(ParseItem());
  }
  if (failed_) return kFailed;
  if (items.size() == 1) return items[0];
  const int32_t list = Make(NodeKind::kList, std::move(items));
  if (!failed_) expression_.nodes[list].value = only_or ? kOnlyOr : only_and ? kOnlyAnd : kCommas;
  return list;
}

bool AnswerParser::TakeRelation(std::string* operators) {
  constexpr std::pair<std::string_view, char> kRelations[] = {
      {"=", '='}, {"<", '<'}, {">", '>'}, {"<=", 'l'}, {">=", 'g'}, {"!=", 'n'}, {"in", 'e'}};
  for (const auto& [symbol, code] : kRelations) {
    if (!Take(symbol)) continue;
    *operators += code;
    return true;
  }
  return false;
}

// The left side of "f(x) =", "area =", "f^{-1}(x) =" or "(x, y) =", if the item starts with one.
int32_t AnswerParser::ParseDefinition() {
  size_t length = 0;
  std::string name;
  while (Peek(length).kind == Kind::kWord && !Peek(length).Is("=")) name += Peek(length++).Lower() + " ";
  if (length == 0 && Peek().kind == Kind::kVariable &&
      (Peek(1).Is("(") || Peek(1).Is("'") || Peek(1).Is("^"))) {
    constexpr size_t kMaxTokens = 12;
    bool call = false;
    while (length < kMaxTokens && !Peek(length).Is("=") && Peek(length).kind != Kind::kEnd) {
      call = call || Peek(length).Is("(");
      name += Peek(length++).text;
    }
    const bool only_variables = std::all_of(name.begin(), name.end(), [](char c) {
      return absl::ascii_isalnum(c) || std::string_view("()_{}',^-").find(c) != std::string_view::npos;
    });
    if (!call || !only_variables || !name.ends_with(')')) return kFailed;
    std::erase_if(name, [](char c) { return c == '{' || c == '}'; });
  }
  if (length == 0 || !Peek(length).Is("=")) return kFailed;
  // "x(x+1) = 0" and "y(2) = 5" are equations: an argument of a definition is a variable.
  const size_t open = name.find('(');
  if (open != std::string::npos) {
    const std::string_view argument = std::string_view(name).substr(open + 1);
    const bool of_number =
        absl::ascii_isdigit(argument[0]) && std::string_view("fghFGHPQ").find(name[0]) != std::string::npos;
    if ((!absl::ascii_isalpha(argument[0]) && !of_number) || argument.find('-') != std::string_view::npos)
      return kFailed;
  }
  position_ += length;
  return MakeLeaf(NodeKind::kName, name);
}

int32_t AnswerParser::ParseItem() {
  if (++depth_ > AnswerExpression::kMaxDepth) return Fail();
  while (Peek().Is("=")) Next();  // "= 5"
  int32_t left = ParseDefinition();
  if (left == kFailed && !failed_) left = ParseQuantity();
  std::vector<int32_t> sides = {left};
  std::string operators;
  while (!failed_ && TakeRelation(&operators)) sides.push_back(ParseQuantity());
  --depth_;
  if (failed_) return kFailed;
  if (sides.size() == 1) return ParseRatio(left);
  const int32_t relation = Make(NodeKind::kRelation, std::move(sides));
  if (!failed_) expression_.nodes[relation].text = operators;
  return relation;
}

int32_t AnswerParser::ParseRatio(int32_t first) {
  if (!Peek().Is(":") || in_builder_) return first;
  std::vector<int32_t> terms = {first};
  while (!failed_ && Take(":")) terms.push_back(ParseQuantity());
  const int32_t ratio = Make(NodeKind::kTuple, std::move(terms));
  if (!failed_) expression_.nodes[ratio].open = expression_.nodes[ratio].close = ':';
  return ratio;
}

// True if there was any. Number words are no prose.
bool AnswerParser::SkipProse() {
  const size_t start = position_;
  while (Peek().kind == Kind::kWord) {
    const std::string word = Peek().Lower();
    if (NumberWord(word) || PartWord(word) || !IsIdleWord(word)) break;
    Next();
    Take(":");
  }
  return position_ > start;
}

int32_t AnswerParser::ParseQuantity() {
  const size_t first_node = expression_.nodes.size();
  const std::optional<std::string> outer = std::exchange(currency_, std::nullopt);
  bool prose = SkipProse();
  int32_t quantity = ParseSetExpression();
  if (!failed_) {
    const size_t before = position_;
    quantity = ParseSmallerUnits(ParseUnits(quantity));
    prose = prose || position_ > before;
  }
  currency_ = outer;
  if (failed_) return kFailed;
  // Beside words only a number is understood: "x apples" is not.
  const auto begin = expression_.nodes.begin() + static_cast<std::ptrdiff_t>(first_node);
  if (prose && !std::all_of(begin, expression_.nodes.end(), IsNumeric)) return Fail();
  return quantity;
}

// The U of "[0, 1) U (1, 2]".
bool AnswerParser::IsUnionLetter() const {
  if (Peek().kind != Kind::kVariable || Peek().text != "U" || position_ == 0) return false;
  const AnswerToken& last = tokens_[position_ - 1];
  return (last.Is(")") || last.Is("]") || last.Is("\\}")) &&
         (Peek(1).Is("(") || Peek(1).Is("[") || Peek(1).Is("\\{"));
}

int32_t AnswerParser::ParseSetExpression() {
  int32_t left = ParseSum();
  size_t operations = 0;
  while (!failed_ && ++operations <= kMaxDifferences) {
    const auto at_union = [&] { return Peek().Is("cup") || IsUnionLetter(); };
    if (at_union()) {
      std::vector<int32_t> parts = {left};
      while (!failed_ && at_union()) Next(), parts.push_back(ParseSum());
      left = Make(NodeKind::kUnion, std::move(parts));
    } else if (Take("cap")) {
      const int32_t right = ParseSum();
      left = Make(NodeKind::kIntersection, {left, right});
    } else if (Take("setminus")) {
      const int32_t right = ParseSum();
      left = Make(NodeKind::kDifference, {left, right});
    } else {
      break;
    }
  }
  return left;
}

// "(...)", "[...]" or a mixture: a group if there is one item, a tuple or an interval if there are more.
int32_t AnswerParser::ParseBracket() {
  const char open = Peek().text[0];
  Next();
  const int outer_bars = std::exchange(bars_, 0);
  const bool outer_builder = std::exchange(in_builder_, false);
  std::vector<int32_t> items = {ParseItem()};
  while (!failed_ && (Take(",") || Take(";"))) items.push_back(ParseItem());
  bars_ = outer_bars;
  in_builder_ = outer_builder;
  if (failed_ || !(Peek().Is(")") || Peek().Is("]"))) return Fail();
  const char close = Peek().text[0];
  Next();
  if (items.size() == 1) return items[0];
  const int32_t tuple = Make(NodeKind::kTuple, std::move(items));
  if (failed_) return kFailed;
  expression_.nodes[tuple].open = open;
  expression_.nodes[tuple].close = close;
  return tuple;
}

// After the opening brace: "1, 2}", "}", or "x | x > 2}" and "x : x > 2}", which is what stands behind the
// bar.
int32_t AnswerParser::ParseSet(std::string_view close) {
  if (Take(close)) return MakeLeaf(NodeKind::kEmptySet);
  const bool has_head =
      close == "\\}" || (Peek().kind == Kind::kVariable && (Peek(1).Is("|") || Peek(1).Is(":")));
  const int outer_bars = std::exchange(bars_, has_head ? 1 : 0);
  const bool outer_builder = std::exchange(in_builder_, has_head);
  int32_t content = ParseList();
  bars_ = 0;
  in_builder_ = false;
  const bool builder = !failed_ && has_head && (Take("|") || Take(":"));
  if (builder) content = ParseList();
  bars_ = outer_bars;
  in_builder_ = outer_builder;
  const bool over = Peek().IsName("over");
  if (!failed_ && (over || Peek().IsName("choose"))) {
    Next();
    const int32_t below = ParseSum();
    content = Make(over ? NodeKind::kDivide : NodeKind::kBinomial, {content, below});
  }
  if (failed_ || !Take(close)) return Fail();
  if (builder) return content;
  AnswerNode& node = expression_.nodes[content];
  if (node.kind == NodeKind::kList) {
    node.kind = NodeKind::kSet;
    return content;
  }
  return close == "\\}" ? Make(NodeKind::kSet, {content}) : content;
}

// After "\begin{...matrix}".
int32_t AnswerParser::ParseMatrix() {
  std::vector<int32_t> cells;
  size_t columns = 0;
  while (!failed_ && !Peek().IsName("end")) {
    const size_t row = cells.size();
    do {
      cells.push_back(ParseItem());
    } while (!failed_ && Take("&"));
    if (columns == 0) columns = cells.size() - row;
    if (failed_ || cells.size() - row != columns) return Fail();
    if (!Take("\\\\")) break;
  }
  if (failed_ || !Peek().IsName("end")) return Fail();
  Next();
  if (cells.empty()) return Fail();
  const int32_t matrix = Make(NodeKind::kMatrix, std::move(cells));
  if (!failed_) expression_.nodes[matrix].value = static_cast<int32_t>(columns);
  return matrix;
}

}  // namespace espalier
