#include "models/hub_settings.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "absl/strings/ascii.h"
#include "base/cat.h"

namespace espalier {
namespace {

constexpr size_t kMaxTokenBytes = 4096;

std::string HubHome() {
  if (std::string home = EnvironmentVariable("HF_HOME"); !home.empty()) return home;
  if (const std::string shared = EnvironmentVariable("XDG_CACHE_HOME"); !shared.empty()) {
    return shared + "/huggingface";
  }
  return EnvironmentVariable("HOME") + "/.cache/huggingface";
}

std::string TokenFromFile() {
  std::string path = EnvironmentVariable("HF_TOKEN_PATH");
  if (path.empty()) path = HubHome() + "/token";
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxTokenBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

}  // namespace

std::string EnvironmentVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string HubCacheFolder() {
  const std::string own = EnvironmentVariable("HF_HUB_CACHE");
  return own.empty() ? HubHome() + "/hub" : own;
}

bool HubIsOffline() {
  const std::string value = absl::AsciiStrToLower(EnvironmentVariable("HF_HUB_OFFLINE"));
  return value == "1" || value == "on" || value == "yes" || value == "true";
}

absl::StatusOr<HubSite> HubSiteFromEnvironment() {
  HubSite site;
  site.endpoint = EnvironmentVariable("HF_ENDPOINT");
  if (site.endpoint.empty()) site.endpoint = "https://huggingface.co";
  while (site.endpoint.ends_with('/')) site.endpoint.pop_back();
  if (!site.endpoint.starts_with("https://") && !site.endpoint.starts_with("http://")) {
    return absl::InvalidArgumentError(
        Cat("HF_ENDPOINT is '", site.endpoint, "'; set it to a web address such as https://huggingface.co"));
  }
  site.token = EnvironmentVariable("HF_TOKEN");
  if (site.token.empty()) site.token = TokenFromFile();
  absl::StripAsciiWhitespace(&site.token);
  const auto is_plain = [](unsigned char c) { return c > 32 && c < 127; };
  if (site.token.size() > kMaxTokenBytes || !std::all_of(site.token.begin(), site.token.end(), is_plain)) {
    return absl::InvalidArgumentError("the Hugging Face token is not one word; check HF_TOKEN and its file");
  }
  return site;
}

}  // namespace espalier
