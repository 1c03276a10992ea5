// A steady step of decoding takes no memory: everything is reused from the steps before.
#include <memory>
#include <span>
#include <vector>

#include "engine/engine.h"
#include "gtest/gtest.h"
#include "tests/engine/sequence.h"
#include "tests/support/count_allocations.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

constexpr int64_t kBranches = 8;
constexpr int64_t kLength = 160;

// Branches of one prompt, decoded token by token with sampling, their pages given.
class SteadyDecode {
 public:
  explicit SteadyDecode(Engine& engine) : engine_(engine) {
    sampling_.temperature = 0.8f;
    sampling_.top_p = 0.95f;
    const auto pages_each = static_cast<PageId>(kLength / engine.info().page_size);
    for (int64_t i = 0; i < kBranches; ++i) {
      sequences_.emplace_back(engine,
                              TestTokens(kLength, static_cast<uint32_t>(i), engine.info().vocabulary_size),
                              static_cast<PageId>(i) * pages_each);
    }
    batch_.rows.resize(kBranches);
  }

  void Prefill(int64_t length) { Step(0, length); }
  void Decode(int64_t position) { Step(position, position + 1); }

 private:
  void Step(int64_t begin, int64_t end) {
    for (int64_t i = 0; i < kBranches; ++i) {
      BatchRow& row = batch_.rows[i];
      row.tokens = sequences_[i].tokens().subspan(begin, end - begin);
      row.position = begin;
      row.pages = sequences_[i].pages();
      row.output.sample = true;
      row.output.sampling = &sampling_;
      row.output.random_key = static_cast<uint64_t>(i);
    }
    ASSERT_TRUE(engine_.Step(batch_, output_).ok());
  }

  Engine& engine_;
  SamplingParameters sampling_;
  std::vector<Sequence> sequences_;
  Batch batch_;
  StepOutput output_;
};

class AllocationTest : public testing::TestWithParam<KvType> {};

TEST_P(AllocationTest, ASteadyStepOfTheEngineAllocatesNothing) {
  const TinyModel model(TinyModelOptions::Of("llama"));
  EngineOptions options;
  options.kv_type = GetParam();
  options.threads = 2;
  options.kv_memory = int64_t{16} << 20;
  const std::unique_ptr<Engine> engine = Engine::Open(model.path(), options).value();
  SteadyDecode decode(*engine);
  const int64_t before_first = Allocations();
  decode.Prefill(40);
  EXPECT_GT(Allocations(), before_first) << "the first step makes room, and is counted";
  for (int64_t position = 40; position < 70; ++position) decode.Decode(position);
  for (int64_t position = 70; position < 120; ++position) {
    const int64_t before = Allocations();
    decode.Decode(position);
    EXPECT_EQ(Allocations() - before, 0) << "at position " << position;
  }
}

INSTANTIATE_TEST_SUITE_P(KvTypes, AllocationTest,
                         testing::Values(KvType::kF32, KvType::kF16, KvType::kBF16, KvType::kInt8));

}  // namespace
}  // namespace espalier
