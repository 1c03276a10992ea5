#include "reward/number.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/cat.h"

namespace espalier {
namespace {

constexpr size_t kMaxDigits = 38;  // 10^38 < 2^127

// A non-negative decimal: digits * 10^-scale. Digits hold no leading zero; zero has none at all.
struct Decimal {
  std::string digits;
  int64_t scale = 0;
};

std::string_view TakeDigits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && absl::ascii_isdigit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

// 12 | 1,234,567. A comma that does not part groups of three is left in the text.
std::string TakeWhole(std::string_view& text) {
  std::string whole(TakeDigits(text));
  if (whole.empty() || whole.size() > 3 || whole[0] == '0') return whole;
  std::string grouped = whole;
  std::string_view rest = text;
  while (rest.starts_with(',')) {
    rest.remove_prefix(1);
    const std::string_view group = TakeDigits(rest);
    if (group.size() != 3) return whole;
    grouped += group;
  }
  text = rest;
  return grouped;
}

Decimal ParseDecimal(std::string_view written) {
  Decimal decimal;
  const size_t point = written.find('.');
  decimal.digits = std::string(written.substr(0, point));
  if (point != std::string_view::npos) {
    decimal.digits += written.substr(point + 1);
    decimal.scale = static_cast<int64_t>(written.size() - point - 1);
  }
  while (decimal.scale > 0 && decimal.digits.ends_with('0')) {
    decimal.digits.pop_back();
    --decimal.scale;
  }
  decimal.digits.erase(0, std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size()));
  return decimal;
}

absl::uint128 ToInteger(std::string_view digits) {
  absl::uint128 value = 0;
  for (const char digit : digits) value = value * 10 + static_cast<uint64_t>(digit - '0');
  return value;
}

std::string ToText(absl::uint128 value) {
  std::string digits;
  do {
    digits += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string LowestTerms(absl::uint128 numerator, absl::uint128 denominator) {
  absl::uint128 divisor = denominator;
  for (absl::uint128 rest = numerator; rest != 0;) divisor = std::exchange(rest, divisor % rest);
  const std::string whole = ToText(numerator / divisor);
  return denominator == divisor ? whole : Cat(whole, "/", ToText(denominator / divisor));
}

bool IsZero(std::string_view digits) { return digits.find_first_not_of('0') == std::string_view::npos; }

// The value of a decimal * 10^power / denominator ("" for 1).
std::string ValueOf(Decimal decimal, int power, std::string_view denominator) {
  const int64_t cancelled = std::min<int64_t>(decimal.scale, power);
  decimal.scale -= cancelled;
  if (!decimal.digits.empty()) decimal.digits.append(power - cancelled, '0');
  const size_t denominator_digits = std::max<size_t>(denominator.size(), 1) + decimal.scale;
  if (decimal.digits.size() <= kMaxDigits && denominator_digits <= kMaxDigits) {
    absl::uint128 below = denominator.empty() ? 1 : ToInteger(denominator);
    for (int64_t i = 0; i < decimal.scale; ++i) below *= 10;
    return LowestTerms(ToInteger(decimal.digits), below);
  }
  const auto scale = static_cast<size_t>(decimal.scale);
  const size_t missing = scale + 1 > decimal.digits.size() ? scale + 1 - decimal.digits.size() : 0;
  const std::string digits = Cat(std::string(missing, '0'), decimal.digits);
  const std::string_view whole = std::string_view(digits).substr(0, digits.size() - scale);
  const std::string_view below_point = std::string_view(digits).substr(whole.size());
  return Cat(whole, scale > 0 ? "." : "", below_point, denominator.empty() ? "" : "/", denominator);
}

// " thousand" -> 3 and so on; 0 when no such word follows.
int TakeMagnitude(std::string_view& text, std::string* written) {
  constexpr std::array<std::pair<std::string_view, int>, 4> kMagnitudes = {
      {{"hundred", 2}, {"thousand", 3}, {"million", 6}, {"billion", 9}}};
  std::string_view rest = text;
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  for (const auto& [word, power] : kMagnitudes) {
    if (!absl::StartsWithIgnoreCase(ToAbsl(rest), ToAbsl(word))) continue;
    if (rest.size() > word.size() && absl::ascii_isalpha(rest[word.size()])) continue;
    text = rest.substr(word.size());
    *written += Cat(" ", word);
    return power;
  }
  return 0;
}

// "/4" after 3 -> "4"; "" when no non-zero denominator follows.
std::string_view TakeDenominator(std::string_view& text) {
  if (!text.starts_with('/')) return "";
  std::string_view rest = text.substr(1);
  const std::string_view digits = TakeDigits(rest);
  if (IsZero(digits)) return "";
  text = rest;
  return digits;
}

// " 1/2" after the whole number 3: turns it into 7 over 2. False when no proper fraction follows.
bool TakeMixed(std::string_view& text, std::string* written, std::string* numerator,
               std::string_view* denominator) {
  if (!text.starts_with(' ')) return false;
  std::string_view rest = text.substr(1);
  const std::string_view part = TakeDigits(rest);
  const std::string_view whole_of = part.empty() ? "" : TakeDenominator(rest);
  if (whole_of.empty() || numerator->size() + whole_of.size() >= kMaxDigits) return false;
  if (part.size() > kMaxDigits || ToInteger(part) >= ToInteger(whole_of)) return false;
  *written += Cat(" ", part, "/", whole_of);
  *numerator = ToText(ToInteger(*numerator) * ToInteger(whole_of) + ToInteger(part));
  *denominator = whole_of;
  text = rest;
  return true;
}

bool TakeSign(std::string_view& text) {
  for (const std::string_view sign : {"-", "\xE2\x88\x92", "+"}) {
    if (!text.starts_with(sign)) continue;
    text.remove_prefix(sign.size());
    return sign != "+";
  }
  return false;
}

}  // namespace

std::optional<Number> ConsumeNumber(std::string_view& text) {
  std::string_view rest = text;
  const bool negative = TakeSign(rest);
  std::string numerator = ConsumeDecimal(rest);
  if (numerator.empty()) return std::nullopt;
  std::string written = numerator;
  std::string_view denominator = TakeDenominator(rest);
  if (!denominator.empty()) {
    written += Cat("/", denominator);
  } else if (numerator.find('.') == std::string::npos) {
    TakeMixed(rest, &written, &numerator, &denominator);
  }
  const int power = TakeMagnitude(rest, &written);
  text = rest;
  const std::string value = ValueOf(ParseDecimal(numerator), power, denominator);
  const bool minus = negative && value != "0";
  return Number{Cat(minus ? "-" : "", written), Cat(minus ? "-" : "", value)};
}

std::string ConsumeDecimal(std::string_view& text) {
  std::string decimal = TakeWhole(text);
  if (text.size() < 2 || text[0] != '.' || !absl::ascii_isdigit(text[1])) return decimal;
  text.remove_prefix(1);
  return Cat(decimal, ".", TakeDigits(text));
}

}  // namespace espalier
