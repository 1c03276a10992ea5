// Builds GGUF files (version 3) for tests, well-formed ones.
#ifndef ESPALIER_TESTS_SUPPORT_GGUF_WRITER_H_
#define ESPALIER_TESTS_SUPPORT_GGUF_WRITER_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "engine/gguf.h"

namespace espalier {

// The bytes of `value`, as they lie in memory.
template <typename T>
std::string RawBytes(const T& value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

class GgufWriter {
 public:
  void AddString(std::string_view key, std::string_view value);
  void AddUint32(std::string_view key, uint32_t value) { AddRaw(key, GgufType::kUint32, RawBytes(value)); }
  void AddFloat(std::string_view key, float value) { AddRaw(key, GgufType::kFloat32, RawBytes(value)); }
  void AddBool(std::string_view key, bool value) { AddRaw(key, GgufType::kBool, RawBytes(value)); }
  void AddStrings(std::string_view key, const std::vector<std::string>& values);
  void AddInts(std::string_view key, const std::vector<int32_t>& values);
  // `bytes`: the value as the file stores it.
  void AddRaw(std::string_view key, GgufType type, std::string_view bytes);

  // `shape[0]` is the contiguous size; `data` the stored blocks.
  void AddTensor(std::string_view name, TensorType type, const std::vector<int64_t>& shape,
                 std::string_view data);

  // The whole file, tensor data aligned to 32 bytes.
  std::string Finish() const;

 private:
  uint64_t entries_ = 0;
  uint64_t tensors_ = 0;
  std::string metadata_;
  std::string table_;
  std::string data_;
};

// The length of `text`, then its bytes: how GGUF stores a string.
std::string GgufString(std::string_view text);

}  // namespace espalier

#endif  // ESPALIER_TESTS_SUPPORT_GGUF_WRITER_H_
