// A safetensors file: opened, and every byte that it gives out read.
#include <algorithm>
#include <numeric>

#include "base/cat.h"
#include "base/check.h"
#include "engine/safetensors.h"
#include "kernels/kernels.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/gguf_writer.h"

namespace espalier {
namespace {

std::string File(std::string_view header, size_t data_bytes) {
  return Cat(RawBytes(uint64_t{header.size()}), header, std::string(data_bytes, '\x3c'));
}

void ReadAll(const StoredTensor& tensor) {
  ESPALIER_CHECK(!tensor.shape.empty() && tensor.shape.size() <= 8, tensor.shape.size());
  for (const int64_t size : tensor.shape) ESPALIER_CHECK(size >= 1, size);
  const auto sum = std::accumulate(tensor.data.begin(), tensor.data.end(), uint64_t{0},
                                   [](uint64_t a, std::byte b) { return a + static_cast<uint64_t>(b); });
  ESPALIER_CHECK(sum <= 255 * tensor.data.size());
  const TensorTypeInfo info = GetTensorTypeInfo(tensor.type);
  if (!info.supported) return;
  ESPALIER_CHECK(static_cast<int64_t>(tensor.data.size()) ==
                 tensor.rows() * RowBytes(tensor.type, tensor.columns()));
  std::vector<float> row(static_cast<size_t>(tensor.columns()));
  DequantizeRow(tensor.type, tensor.data.data(), row.data(), tensor.columns());
}

}  // namespace

std::vector<std::string> GeneratedSeeds() {
  return {
      File(
          R"({"__metadata__":{"format":"pt"},"model.norm.weight":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})",
          16),
      File(R"({"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},"b":{"dtype":"F16","shape":[],)"
           R"("data_offsets":[12,14]},"c":{"dtype":"I64","shape":[0,5],"data_offsets":[14,14]}}   )",
           14),
      File(R"({"q":{"dtype":"F8_E4M3","shape":[1,2,1,2],"data_offsets":[1,5]},"r":{"dtype":"X","shape":[9],)"
           R"("data_offsets":[0,5]}})",
           5),
      File("{}", 0),
  };
}

std::vector<std::string> FuzzWords() {
  return {"\"dtype\":",
          "\"shape\":",
          "\"data_offsets\":",
          "[0,0]",
          "[[[[[[[[[[[[[[[[[[[[",
          "{\"a\":",
          "\"F32\"",
          "\"BF16\"",
          "\"U64\"",
          "-1",
          "1e999",
          "18446744073709551615",
          "\"\\ud800\"",
          "\"__metadata__\"",
          "9223372036854775807",
          "null",
          "4294967296",
          "\"\\u0000\""};
}

}  // namespace espalier

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace espalier;
  const MemoryFile input(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto file = SafetensorsFile::Open(input.path());
  CheckMessage(file.status());
  if (!file.ok()) return 0;
  for (const StoredTensor& tensor : file->tensors()) ReadAll(tensor);
  return 0;
}
