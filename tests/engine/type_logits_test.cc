// A tiny model in every stored type beside llama.cpp's log-probabilities of the same file.
//
// The tolerance is derived, not chosen. With f32 KV caches the engines differ from the exact model, which the
// reference computes in double, by what they do to the input of a matrix product, and by float sums:
//
//   ours        quantised weights: 8-bit integers with a scale per 32 columns; float weights: nothing
//   llama.cpp   K types: 8 bits, a scale per 256 columns; other quantised types: 8 bits, a binary16 scale per
//               32; F16 and BF16: the weights' own precision
//   float sums  of 256 to 512 terms lose about sqrt(512) / 2 units in the last place: 4 of 24 bits
//
// The reference repeats its computation under each of these roundings. How far that moves the
// log-probabilities from the exact ones is how far an engine that rounds like this lies from them; and two
// engines are no further apart than the sum of their distances. An engine's own errors are another draw from
// the same distribution as the reference's (a value just beside the middle between two integers goes either
// way), so the mean may be half as large again, and the largest of some 900 values twice as large.
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/half.h"
#include "kernels/kernels.h"
#include "tests/engine/reference_model.h"
#include "tests/engine/sequence.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

using Rows = std::vector<std::vector<double>>;  // [position][vocabulary]

constexpr int kFloatSumBits = 20;

const nlohmann::json& Golden() {
  static const nlohmann::json golden = nlohmann::json::parse(std::ifstream("tests/golden/type_logits.json"));
  return golden;
}

InputRounding ToBlocks(size_t columns, bool half_scale) {
  return [=](std::vector<double>& input) {
    for (size_t begin = 0; begin < input.size(); begin += columns) {
      const size_t end = std::min(input.size(), begin + columns);
      double largest = 0;
      for (size_t i = begin; i < end; ++i) largest = std::max(largest, std::fabs(input[i]));
      if (largest == 0) continue;
      const double step = largest / 127;
      const double scale = half_scale ? HalfToFloat(FloatToHalf(static_cast<float>(step))) : step;
      for (size_t i = begin; i < end; ++i) input[i] = std::nearbyint(input[i] / step) * scale;
    }
  };
}

InputRounding ToBits(int bits) {
  return [=](std::vector<double>& input) {
    for (double& value : input) {
      int exponent = 0;
      const double significand = std::frexp(value, &exponent);
      value = std::ldexp(std::nearbyint(std::ldexp(significand, bits)), exponent - bits);
    }
  };
}

struct Distance {
  double mean = 0;
  double largest = 0;
};

Distance Between(const Rows& a, const Rows& b) {
  Distance distance;
  size_t count = 0;
  for (size_t p = 0; p < a.size(); ++p) {
    for (size_t i = 0; i < a[p].size(); ++i, ++count) {
      const double difference = std::fabs(a[p][i] - b[p][i]);
      distance.mean += difference;
      distance.largest = std::max(distance.largest, difference);
    }
  }
  distance.mean /= static_cast<double>(count);
  return distance;
}

class TypeLogitsTest : public testing::TestWithParam<TensorType> {
 protected:
  TypeLogitsTest()
      : options_(WideModelOptions(GetParam())),
        model_(options_),
        golden_(Golden()["models"][GetTensorTypeInfo(GetParam()).name]) {
    Golden()["tokens"].get_to(tokens_);
    Golden()["after"].get_to(after_);
  }

  Rows Reference(const InputRounding& rounding) const {
    const Rows all = ReferenceLogProbabilities(model_.path(), tokens_, rounding);
    Rows rows;
    for (const int64_t count : after_) rows.push_back(all[count - 1]);
    return rows;
  }

  Rows Ours() const {
    EngineOptions options;
    options.threads = 1;
    options.kv_memory = int64_t{4} << 20;
    options.kv_type = KvType::kF32;
    const auto engine = Engine::Open(model_.path(), options).value();
    const Sequence sequence(*engine, tokens_, 0);
    Rows rows;
    for (const int64_t count : after_) {
      rows.emplace_back(engine->info().vocabulary_size);
      for (const auto& [id, logprob] : ToDistribution(RunStep(*engine, {sequence.Row(0, count)}).rows[0])) {
        rows.back()[id] = logprob;
      }
    }
    return rows;
  }

  bool quantized() const { return GetTensorTypeInfo(GetParam()).block_elements > 1; }

  InputRounding OurRounding() const { return quantized() ? ToBlocks(32, false) : InputRounding(); }
  InputRounding TheirRounding() const {
    if (GetParam() == TensorType::kF16) return ToBits(11);
    if (GetParam() == TensorType::kBF16) return ToBits(8);
    if (!quantized()) return nullptr;
    return GetTensorTypeInfo(GetParam()).block_elements == 256 ? ToBlocks(256, false) : ToBlocks(32, true);
  }

  const TinyModelOptions options_;
  const TinyModel model_;
  const nlohmann::json& golden_;
  std::vector<TokenId> tokens_;
  std::vector<int64_t> after_;
};

// The model of the golden, not one that happens to be close to it.
void CheckTensorBytes(const std::string& path, uint64_t expected) {
  uint64_t checksum = crc32(0, nullptr, 0);
  const GgufFile file = GgufFile::Open(path).value();
  for (const StoredTensor& tensor : file.tensors()) {
    checksum = crc32(checksum, reinterpret_cast<const Bytef*>(tensor.data.data()),
                     static_cast<uInt>(tensor.data.size()));
  }
  ASSERT_EQ(checksum, expected);
}

void ExpectWithin(const Distance& distance, const Distance& limit, const char* what) {
  EXPECT_LE(distance.mean, limit.mean) << what;
  EXPECT_LE(distance.largest, limit.largest) << what;
}

TEST_P(TypeLogitsTest, AreLlamaCppsWithinTheRoundingOfBoth) {
  CheckTensorBytes(model_.path(), golden_["crc32"].get<uint64_t>());
  const Rows exact = Reference(nullptr);
  const Rows rounded = Reference(OurRounding());
  const Distance sums = Between(Reference(ToBits(kFloatSumBits)), exact);
  const Distance ours = Between(rounded, exact);
  const Distance theirs = Between(Reference(TheirRounding()), exact);
  const double printed = quantized() ? 5e-5 : 5e-6;  // half of the last digit of the golden

  const Rows engine = Ours();
  const Rows golden = golden_["logprobs"].get<Rows>();
  // The same rounding in double: what is left is float sums, or a few integers that went the other way.
  ExpectWithin(Between(engine, rounded), {1.5 * sums.mean + 0.5 * ours.mean, 2 * sums.largest + ours.largest},
               "the engine, the reference under its rounding");
  ExpectWithin(Between(golden, exact),
               {1.5 * (sums.mean + theirs.mean) + printed, 2 * (sums.largest + theirs.largest) + printed},
               "llama.cpp, the exact model");
  ExpectWithin(Between(engine, golden),
               {1.5 * (2 * sums.mean + ours.mean + theirs.mean) + printed,
                2 * (2 * sums.largest + ours.largest + theirs.largest) + printed},
               "the engine, llama.cpp");
}

std::vector<TensorType> SupportedTypes() {
  std::vector<TensorType> types;
  for (uint32_t id = 0; id < 64; ++id) {
    if (GetTensorTypeInfo(id).supported) types.push_back(static_cast<TensorType>(id));
  }
  return types;
}

INSTANTIATE_TEST_SUITE_P(All, TypeLogitsTest, testing::ValuesIn(SupportedTypes()),
                         [](const auto& info) { return GetTensorTypeInfo(info.param).name; });

}  // namespace
}  // namespace espalier
