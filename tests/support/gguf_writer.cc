#include "tests/support/gguf_writer.h"

namespace espalier {
namespace {

constexpr size_t kAlignment = 32;

void Pad(std::string& bytes) {
  bytes.resize((bytes.size() + kAlignment - 1) / kAlignment * kAlignment, '\0');
}

std::string ArrayHeader(GgufType element_type, size_t count) {
  return RawBytes(element_type) + RawBytes(uint64_t{count});
}

}  // namespace

std::string GgufString(std::string_view text) { return RawBytes(uint64_t{text.size()}) + std::string(text); }

void GgufWriter::AddRaw(std::string_view key, GgufType type, std::string_view bytes) {
  metadata_ += GgufString(key) + RawBytes(type);
  metadata_ += bytes;
  ++entries_;
}

void GgufWriter::AddString(std::string_view key, std::string_view value) {
  AddRaw(key, GgufType::kString, GgufString(value));
}

void GgufWriter::AddStrings(std::string_view key, const std::vector<std::string>& values) {
  std::string bytes = ArrayHeader(GgufType::kString, values.size());
  for (const std::string& value : values) bytes += GgufString(value);
  AddRaw(key, GgufType::kArray, bytes);
}

void GgufWriter::AddInts(std::string_view key, const std::vector<int32_t>& values) {
  std::string bytes = ArrayHeader(GgufType::kInt32, values.size());
  for (const int32_t value : values) bytes += RawBytes(value);
  AddRaw(key, GgufType::kArray, bytes);
}

void GgufWriter::AddTensor(std::string_view name, TensorType type, const std::vector<int64_t>& shape,
                           std::string_view data) {
  Pad(data_);
  table_ += GgufString(name) + RawBytes(static_cast<uint32_t>(shape.size()));
  for (const int64_t size : shape) table_ += RawBytes(size);
  table_ += RawBytes(type) + RawBytes(uint64_t{data_.size()});
  data_ += data;
  ++tensors_;
}

std::string GgufWriter::Finish() const {
  std::string file =
      "GGUF" + RawBytes(uint32_t{3}) + RawBytes(tensors_) + RawBytes(entries_) + metadata_ + table_;
  if (tensors_ > 0) Pad(file);
  return file + data_;
}

}  // namespace espalier
