// Where a model's chat template lies: in the metadata of a GGUF file or in a Hugging Face folder.
#ifndef ESPALIER_ENGINE_CHAT_TEMPLATE_SOURCE_H_
#define ESPALIER_ENGINE_CHAT_TEMPLATE_SOURCE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/gguf.h"

namespace espalier {

// A model may carry several templates by name, as "tool_use". Where there is none of the name asked for, the
// one called "default" stands in.
inline constexpr char kDefaultChatTemplate[] = "default";

// The source in a GGUF file: tokenizer.chat_template.NAME, else tokenizer.chat_template; "" when there is
// none. Error: InvalidArgument when the key holds no text.
absl::StatusOr<std::string> ReadChatTemplateSource(const GgufFile& file,
                                                   std::string_view name = kDefaultChatTemplate);

// The source in a Hugging Face folder: chat_template.jinja (for another name,
// additional_chat_templates/NAME.jinja) before chat_template.json before "chat_template" in
// tokenizer_config.json; "" when there is none. Error: InvalidArgument with the file's path for a file that
// is no JSON, too large, or of another form.
absl::StatusOr<std::string> ReadChatTemplateSource(const std::string& folder,
                                                   std::string_view name = kDefaultChatTemplate);

// The source that `json`, the text of "chat_template" in tokenizer_config.json, gives: a string, or a list of
// {"name": ..., "template": ...}; "" for null.
// Error: InvalidArgument for another form, or without the name and without "default", with the names there
// are.
absl::StatusOr<std::string> PickChatTemplate(std::string_view json,
                                             std::string_view name = kDefaultChatTemplate);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_CHAT_TEMPLATE_SOURCE_H_
