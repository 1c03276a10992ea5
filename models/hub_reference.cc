#include "models/hub_reference.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "base/cat.h"

namespace espalier {
namespace {

constexpr size_t kMaxPathBytes = 512;
constexpr size_t kMaxNameBytes = 200;
constexpr std::string_view kNumbers = "-00001-of-00001.gguf";

bool IsPlainName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) ||
                  std::string_view("._+=,-").find(static_cast<char>(c)) != std::string_view::npos;
         });
}

// Cuts `text` at the first of `marks`; what follows the mark is returned.
std::string_view CutAt(std::string_view& text, std::string_view marks) {
  const size_t end = text.find_first_of(marks);
  if (end == std::string_view::npos) return "";
  const std::string_view rest = text.substr(end);
  text = text.substr(0, end);
  return rest;
}

// The number that is all of `text`, or -1.
int Number(std::string_view text) {
  int value = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? value : -1;
}

}  // namespace

bool IsPlainPath(std::string_view path) {
  if (path.size() > kMaxPathBytes) return false;
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('/', start), path.size());
    if (!IsPlainName(path.substr(start, end - start))) return false;
    start = end + 1;
  }
  return true;
}

bool IsCommit(std::string_view text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

absl::StatusOr<HubReference> ParseHubReference(std::string_view text) {
  const absl::Status malformed = absl::InvalidArgumentError(Cat(
      "'", text, "' is not of the form hf:OWNER/REPO, hf:OWNER/REPO/FILE.gguf or hf:OWNER/REPO:QUANTIZATION",
      ", with an optional @REVISION behind REPO"));
  if (!text.starts_with("hf:")) return malformed;
  std::string_view owner = text.substr(3);
  std::string_view name = CutAt(owner, "/");
  if (name.empty()) return malformed;
  name.remove_prefix(1);
  std::string_view rest = CutAt(name, "@:/");
  if (!IsPlainName(owner) || !IsPlainName(name)) return malformed;

  HubReference reference;
  reference.repository = Cat(owner, "/", name);
  if (rest.starts_with('@')) {
    std::string_view revision = rest.substr(1);
    rest = CutAt(revision, ":/");
    if (!IsPlainName(revision)) return malformed;
    reference.revision = revision;
  }
  if (rest.empty()) return reference;
  const std::string_view value = rest.substr(1);
  const bool is_file = rest.front() == '/';
  if (!IsPlainPath(value) ||
      (is_file ? !value.ends_with(".gguf") : value.find('/') != std::string_view::npos)) {
    return malformed;
  }
  (is_file ? reference.file : reference.quantization) = value;
  return reference;
}

std::string ToString(const HubReference& reference) {
  std::string text = "hf:" + reference.repository;
  if (reference.revision != "main") text += "@" + reference.revision;
  if (!reference.file.empty()) text += "/" + reference.file;
  if (!reference.quantization.empty()) text += ":" + reference.quantization;
  return text;
}

std::string SplitName::Part(int part) const {
  return absl::StrFormat("%s-%05d-of-%05d.gguf", ToAbsl(prefix), part, count);
}

SplitName ParseSplitName(std::string_view path) {
  if (path.size() <= kNumbers.size() || !path.ends_with(".gguf")) return {};
  const std::string_view tail = path.substr(path.size() - kNumbers.size());
  if (tail[0] != '-' || tail.substr(6, 4) != "-of-") return {};
  SplitName name = {path.substr(0, path.size() - kNumbers.size()), Number(tail.substr(1, 5)),
                    Number(tail.substr(10, 5))};
  if (name.number < 1 || name.count < name.number) return {};
  return name;
}

}  // namespace espalier
