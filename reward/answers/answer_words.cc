#include "reward/answers/answer_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace espalier {
namespace {

using Kind = AnswerTokenKind;

struct Synonym {
  std::string_view written;
  AnswerSign sign;
};

constexpr AnswerSign kNothing = {Kind::kEnd, ""};
constexpr AnswerSign Symbol(std::string_view text) { return {Kind::kSymbol, text}; }
constexpr AnswerSign Name(std::string_view text) { return {Kind::kName, text}; }
constexpr AnswerSign Variable(std::string_view text) { return {Kind::kVariable, text}; }
constexpr AnswerSign Word(std::string_view text) { return {Kind::kWord, text}; }

constexpr Synonym kCommands[] = {
    // Dressing.
    {"left", kNothing},
    {"right", kNothing},
    {"displaystyle", kNothing},
    {"textstyle", kNothing},
    {"big", kNothing},
    {"Big", kNothing},
    {"bigg", kNothing},
    {"Bigg", kNothing},
    {"bigl", kNothing},
    {"bigr", kNothing},
    {"Bigl", kNothing},
    {"Bigr", kNothing},
    {"limits", kNothing},
    {"boldsymbol", kNothing},
    {"mathbf", kNothing},
    {"bf", kNothing},
    {"rm", kNothing},
    {"it", kNothing},
    {"boxed", kNothing},
    {"fbox", kNothing},
    {"!", kNothing},
    {"#", kNothing},
    {"/", kNothing},
    // Operators.
    {"cdot", Symbol("*")},
    {"times", Symbol("*")},
    {"ast", Symbol("*")},
    {"div", Symbol("/")},
    {"pm", Symbol("+-")},
    {"mp", Symbol("-+")},
    {"le", Symbol("<=")},
    {"leq", Symbol("<=")},
    {"leqslant", Symbol("<=")},
    {"ge", Symbol(">=")},
    {"geq", Symbol(">=")},
    {"geqslant", Symbol(">=")},
    {"ne", Symbol("!=")},
    {"neq", Symbol("!=")},
    {"lt", Symbol("<")},
    {"gt", Symbol(">")},
    {"in", Symbol("in")},
    {"equiv", Symbol("=")},
    {"approx", Symbol("=")},
    {"simeq", Symbol("=")},
    {"sim", Symbol("=")},
    {"cup", Symbol("cup")},
    {"bigcup", Symbol("cup")},
    {"cap", Symbol("cap")},
    {"setminus", Symbol("setminus")},
    {"backslash", Symbol("setminus")},
    {"smallsetminus", Symbol("setminus")},
    {"lor", Word("or")},
    {"vee", Word("or")},
    {"land", Word("and")},
    {"wedge", Word("and")},
    {"mid", Symbol("|")},
    {"vert", Symbol("|")},
    {"lvert", Symbol("|")},
    {"rvert", Symbol("|")},
    {"colon", Symbol(":")},
    {"{", Symbol("\\{")},
    {"}", Symbol("\\}")},
    {"lbrace", Symbol("\\{")},
    {"rbrace", Symbol("\\}")},
    {"langle", Symbol("(")},
    {"rangle", Symbol(")")},
    {"lbrack", Symbol("[")},
    {"rbrack", Symbol("]")},
    {"lparen", Symbol("(")},
    {"rparen", Symbol(")")},
    {"%", Symbol("%")},
    {"\\", Symbol("\\\\")},
    {"prime", Symbol("'")},
    // Constants.
    {"pi", Name("pi")},
    {"infty", Name("infinity")},
    {"infinity", Name("infinity")},
    {"emptyset", Name("emptyset")},
    {"varnothing", Name("emptyset")},
    {"circ", Name("degree")},
    {"degree", Name("degree")},
    {"imath", Variable("i")},
    {"$", Name("dollar")},
    {"textdollar", Name("dollar")},
    {"pounds", Name("pound")},
    {"euro", Name("euro")},
    // Commands with a grammar of their own.
    {"frac", Name("frac")},
    {"dfrac", Name("frac")},
    {"tfrac", Name("frac")},
    {"cfrac", Name("frac")},
    {"sqrt", Name("sqrt")},
    {"binom", Name("binom")},
    {"dbinom", Name("binom")},
    {"tbinom", Name("binom")},
    {"overline", Name("overline")},
    {"bar", Name("overline")},
    {"dot", Name("overline")},
    {"vec", Name("accent")},
    {"hat", Name("accent")},
    {"overrightarrow", Name("accent")},
    {"over", Name("over")},
    {"choose", Name("choose")},
    {"angle", Name("angle")},
    {"triangle", Name("angle")},
    {"lfloor", Name("lfloor")},
    {"rfloor", Name("rfloor")},
    {"lceil", Name("lceil")},
    {"rceil", Name("rceil")},
};

constexpr std::string_view kGreek[] = {
    "alpha",    "beta",    "gamma", "delta",  "epsilon", "varepsilon", "zeta",  "eta",   "theta",
    "vartheta", "iota",    "kappa", "lambda", "mu",      "nu",         "xi",    "rho",   "sigma",
    "tau",      "upsilon", "phi",   "varphi", "chi",     "psi",        "omega", "Gamma", "Delta",
    "Theta",    "Lambda",  "Sigma", "Phi",    "Psi",     "Omega",      "ell"};

constexpr Synonym kCharacters[] = {
    {"\xE2\x88\x92", Symbol("-")},         // minus
    {"\xE2\x80\x93", Symbol("-")},         // en dash
    {"\xC3\x97", Symbol("*")},             // times
    {"\xC2\xB7", Symbol("*")},             // middle dot
    {"\xE2\x8B\x85", Symbol("*")},         // dot operator
    {"\xC3\xB7", Symbol("/")},             // division
    {"\xC2\xB1", Symbol("+-")},            // plus or minus
    {"\xE2\x88\x9A", Name("sqrt")},        // root
    {"\xCF\x80", Name("pi")},              // pi
    {"\xE2\x88\x9E", Name("infinity")},    // infinity
    {"\xE2\x89\xA4", Symbol("<=")},        // less or equal
    {"\xE2\x89\xA5", Symbol(">=")},        // greater or equal
    {"\xE2\x89\xA0", Symbol("!=")},        // not equal
    {"\xE2\x89\x88", Symbol("=")},         // almost equal
    {"\xE2\x88\xAA", Symbol("cup")},       // union
    {"\xE2\x88\xA9", Symbol("cap")},       // intersection
    {"\xE2\x88\x88", Symbol("in")},        // element of
    {"\xE2\x88\x96", Symbol("setminus")},  // set minus
    {"\xE2\x88\x85", Name("emptyset")},    // empty set
    {"\xE2\x84\x9D", Name("reals")},       // R
    {"\xC2\xB0", Name("degree")},          // degree
    {"\xC2\xBA", Name("degree")},          // ordinal, written for degree
    {"\xE2\x82\xAC", Name("euro")},        // euro
    {"\xC2\xA3", Name("pound")},           // pound
    {"\xC2\xA5", Name("yen")},             // yen
    {"\xC2\xB2", Name("squared")},         // ^2
    {"\xC2\xB3", Name("cubed")},           // ^3
    {"\xC2\xBD", Name("half")},            // 1/2
    {"\xC2\xBC", Name("quarter")},         // 1/4
    {"\xC2\xBE", Name("three quarters")},  // 3/4
    {"\xCE\xB8", Variable("theta")},
    {"\xCE\xB1", Variable("alpha")},
    {"\xCE\xB2", Variable("beta")},
    {"\xCE\xBB", Variable("lambda")},
    {"\xC2\xA0", kNothing},      // no-break space
    {"\xE2\x80\x89", kNothing},  // thin space
    {"\xE2\x80\x98", Symbol("'")},
    {"\xE2\x80\x99", Symbol("'")},
    {"\xE2\x80\x9C", kNothing},
    {"\xE2\x80\x9D", kNothing},
};

constexpr std::pair<std::string_view, std::string_view> kFunctions[] = {
    {"sin", "sin"},     {"cos", "cos"},       {"tan", "tan"},       {"cot", "cot"},       {"sec", "sec"},
    {"csc", "csc"},     {"arcsin", "arcsin"}, {"arccos", "arccos"}, {"arctan", "arctan"}, {"asin", "arcsin"},
    {"acos", "arccos"}, {"atan", "arctan"},   {"arccot", "arccot"}, {"sinh", "sinh"},     {"cosh", "cosh"},
    {"tanh", "tanh"},   {"exp", "exp"},       {"ln", "ln"},         {"log", "log"},       {"lg", "lg"},
    {"abs", "abs"},     {"floor", "floor"},   {"ceil", "ceil"},     {"cbrt", "cbrt"},     {"max", "max"},
    {"min", "min"},     {"gcd", "gcd"},       {"lcm", "lcm"},
};

constexpr std::string_view kTextCommands[] = {"text",   "textbf", "textit",       "textrm", "textsf",
                                              "texttt", "textup", "mbox",         "hbox",   "mathrm",
                                              "mathit", "mathsf", "operatorname", "emph",   "mathtt"};

constexpr std::string_view kNumbers[] = {"zero",    "one",     "two",       "three",    "four",
                                         "five",    "six",     "seven",     "eight",    "nine",
                                         "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                         "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::string_view kTens[] = {"twenty", "thirty",  "forty",  "fifty",
                                      "sixty",  "seventy", "eighty", "ninety"};

// Words that say something about the number beside them.
constexpr std::string_view kWordsOfMeaning[] = {
    "and",      "or",       "divided", "half",     "halves",    "third",  "thirds", "quarter",
    "quarters", "infinity", "minus",   "negative", "over",      "plus",   "sqrt",   "squared",
    "cubed",    "times",    "not",     "no",       "below",     "under",  "less",   "more",
    "greater",  "between",  "from",    "to",       "than",      "except", "root",   "square",
    "cube",     "fifth",    "fifths",  "tenth",    "hundredth", "least",  "most",   "even",
    "odd",      "nor",      "twice",   "double",   "dozen",     "cis",    "pi"};

struct Phrase {
  std::string_view said;
  std::string_view meaning;
};
constexpr Phrase kPhrases[] = {
    {"no solution", "no solution"},
    {"no solutions", "no solution"},
    {"no real solution", "no solution"},
    {"no real solutions", "no solution"},
    {"none", "no solution"},
    {"there is no solution", "no solution"},
    {"there are no solutions", "no solution"},
    {"empty set", "no solution"},
    {"the empty set", "no solution"},
    {"undefined", "undefined"},
    {"does not exist", "undefined"},
    {"dne", "undefined"},
    {"not defined", "undefined"},
    {"limit does not exist", "undefined"},
    {"the limit does not exist", "undefined"},
    {"all real numbers", "all reals"},
    {"all reals", "all reals"},
    {"all real", "all reals"},
    {"real numbers", "all reals"},
    {"the real numbers", "all reals"},
    {"the set of all real numbers", "all reals"},
    {"all real values", "all reals"},
    {"infinity", "infinity"},
    {"inf", "infinity"},
    {"positive infinity", "infinity"},
    {"negative infinity", "minus infinity"},
    {"minus infinity", "minus infinity"},
    {"infinitely many", "infinitely many"},
    {"infinitely many solutions", "infinitely many"},
    {"infinite solutions", "infinitely many"},
    {"an infinite number of solutions", "infinitely many"},
};

template <typename Table>
bool Contains(const Table& table, std::string_view word) {
  return std::find(std::begin(table), std::end(table), word) != std::end(table);
}

}  // namespace

std::optional<AnswerSign> SignOfCommand(std::string_view command) {
  for (const Synonym& synonym : kCommands) {
    if (synonym.written == command) return synonym.sign;
  }
  for (const std::string_view letter : kGreek) {
    if (letter == command) return Variable(letter.starts_with("var") ? letter.substr(3) : letter);
  }
  if (const std::string_view function = FunctionName(command); !function.empty()) return Name(function);
  return std::nullopt;
}

std::optional<AnswerSign> SignOfCharacter(std::string_view text, size_t* bytes) {
  for (const Synonym& synonym : kCharacters) {
    if (!text.starts_with(synonym.written)) continue;
    *bytes = synonym.written.size();
    return synonym.sign;
  }
  return std::nullopt;
}

bool IsTextCommand(std::string_view command) { return Contains(kTextCommands, command); }

std::string_view FunctionName(std::string_view word) {
  for (const auto& [written, name] : kFunctions) {
    if (written == word) return name;
  }
  return "";
}

bool IsCurrencyName(std::string_view name) {
  return name == "dollar" || name == "euro" || name == "pound" || name == "yen";
}

std::optional<int> NumberWord(std::string_view lower_case) {
  for (int i = 0; i < static_cast<int>(std::size(kNumbers)); ++i) {
    if (kNumbers[i] == lower_case) return i;
  }
  for (int i = 0; i < static_cast<int>(std::size(kTens)); ++i) {
    if (kTens[i] == lower_case) return 20 + 10 * i;
  }
  return std::nullopt;
}

std::optional<int> PartWord(std::string_view lower_case) {
  constexpr std::pair<std::string_view, int> kParts[] = {
      {"half", 2},  {"halve", 2},   {"third", 3},  {"quarter", 4}, {"fourth", 4}, {"fifth", 5},
      {"sixth", 6}, {"seventh", 7}, {"eighth", 8}, {"ninth", 9},   {"tenth", 10}};
  for (const auto& [word, parts] : kParts) {
    if (lower_case == word ||
        (lower_case.ends_with('s') && lower_case.substr(0, lower_case.size() - 1) == word))
      return parts;
  }
  return std::nullopt;
}

std::optional<int> MagnitudeWord(std::string_view lower_case) {
  constexpr std::pair<std::string_view, int> kMagnitudes[] = {
      {"hundred", 2}, {"thousand", 3}, {"million", 6}, {"billion", 9}, {"trillion", 12}};
  for (const auto& [word, power] : kMagnitudes) {
    if (word == lower_case) return power;
  }
  return std::nullopt;
}

bool IsIdleWord(std::string_view lower_case) {
  constexpr std::string_view kShort[] = {"a",  "an", "at", "by", "is", "of",
                                         "on", "rs", "us", "it", "he", "we"};
  if (lower_case.size() <= 2) return Contains(kShort, lower_case);
  return !Contains(kWordsOfMeaning, lower_case);
}

std::string_view MeaningOfPhrase(std::string_view lower_case) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.said == lower_case) return phrase.meaning;
  }
  return "";
}

}  // namespace espalier
