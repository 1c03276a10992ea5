// Attention of one layer on the shapes of the catalog's models: 64 branches on a shared prefix, a prompt, one
// long branch. read_MB is what a call reads of keys and values, alone_MB what it would read if every branch
// were computed on its own.
//
// Decode64/shared: the branches' pages are those of a prefix of 2,000 tokens, and 16 positions of each
// branch's own; /ignored: the same pages, computed branch by branch; /copies: every branch has a copy of the
// prefix. With `taskset -c 0` there is one thread, and CPU time means something on a busy machine.
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "benchmark/benchmark.h"
#include "kernels/aligned_buffer.h"
#include "kernels/kernels.h"

namespace espalier {
namespace {

ThreadPool& Pool() {
  static ThreadPool pool(ThreadPool::DefaultThreads());
  return pool;
}

struct Shape {
  std::string model;
  int32_t heads, kv_heads, head_dim;
};

enum class Prefix { kShared, kIgnored, kCopies };

struct Work {
  Shape shape;
  KvType type = KvType::kF16;
  int64_t branches = 1;
  int64_t prefix = 0;  // tokens before the branches part
  int64_t own = 16;    // tokens of each branch after that
  int64_t tokens = 1;  // the last tokens of a branch, which the call computes
  Prefix kind = Prefix::kShared;
};

constexpr int64_t kPageSize = 16;
constexpr int64_t kBeyondCaches = int64_t{160} << 20;

// Page lists, and KV memory for as many layers as do not fit the caches: a step comes back to a layer when
// its pages have left them.
struct Setup {
  explicit Setup(const Work& work) {
    const int64_t shared_pages = work.kind == Prefix::kCopies ? 0 : work.prefix / kPageSize;
    const int64_t length = work.prefix + work.own;
    const int64_t branch_pages = (length + kPageSize - 1) / kPageSize - shared_pages;
    page_count = shared_pages + work.branches * branch_pages;
    for (int64_t b = 0; b < work.branches; ++b) {
      std::vector<PageId>& list = pages.emplace_back();
      for (int64_t i = 0; i < shared_pages; ++i) list.push_back(static_cast<PageId>(i));
      for (int64_t i = 0; i < branch_pages; ++i)
        list.push_back(static_cast<PageId>(shared_pages + b * branch_pages + i));
    }
    for (int64_t b = 0; b < work.branches; ++b) {
      sequences.push_back({.pages = pages[b].data(),
                           .position = length - work.tokens,
                           .first_token = b * work.tokens,
                           .tokens = work.tokens});
    }
    kv = {.type = work.type,
          .kv_heads = work.shape.kv_heads,
          .head_dim = work.shape.head_dim,
          .page_size = kPageSize};
    kv.page_stride = kv.layer_bytes();
    layer_bytes = page_count * kv.page_stride;
    layers = 1 + kBeyondCaches / layer_bytes;
    memory = AlignedBuffer<std::byte>(layers * layer_bytes);
    std::fill(memory.data(), memory.data() + layers * layer_bytes, std::byte{0x24});  // halves of 0.016
  }

  std::vector<std::vector<PageId>> pages;
  std::vector<SequenceSpan> sequences;
  KvPages kv;
  int64_t page_count, layer_bytes, layers;
  AlignedBuffer<std::byte> memory;
};

void BenchmarkAttention(benchmark::State& state, const Work& work) {
  Setup setup(work);
  const Shape& shape = work.shape;
  const int64_t floats = work.branches * work.tokens * shape.heads * shape.head_dim;
  const std::vector<float> queries(static_cast<size_t>(floats), 0.5f);
  std::vector<float> out(queries.size());
  PagedAttention attention({shape.heads, shape.kv_heads, shape.head_dim, 0.125f}, Pool().threads());
  attention.SetSharing(work.kind != Prefix::kIgnored);
  int64_t layer = 0;
  for (auto _ : state) {
    setup.kv.data = setup.memory.data() + layer * setup.layer_bytes;
    attention.Plan(setup.sequences, kPageSize);
    attention.Run(setup.kv, queries.data(), out.data(), Pool());
    layer = (layer + 1) % setup.layers;
  }
  const double calls = static_cast<double>(state.iterations());
  state.counters["read_MB"] = static_cast<double>(attention.traffic().read) / calls / 1e6;
  state.counters["alone_MB"] = static_cast<double>(attention.traffic().alone) / calls / 1e6;
}

void Register(const std::string& name, const Work& work) {
  const std::string full = work.shape.model + "/" + name;
  benchmark::RegisterBenchmark(full.c_str(), BenchmarkAttention, work)
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

bool RegisterAll() {
  const Shape shapes[] = {
      {"smollm2-135m", 9, 3, 64}, {"qwen2.5-0.5b", 14, 2, 64}, {"qwen2.5-1.5b", 12, 2, 128}};
  for (const Shape& shape : shapes) {
    for (const auto& [name, kind] :
         {std::pair("shared", Prefix::kShared), std::pair("ignored", Prefix::kIgnored),
          std::pair("copies", Prefix::kCopies)}) {
      Register(std::string("Decode64/") + name,
               {.shape = shape, .branches = 64, .prefix = 2000, .kind = kind});
    }
    Register("Decode1/4096", {.shape = shape, .own = 4096});
    Register("Decode1/4096/int8", {.shape = shape, .type = KvType::kInt8, .own = 4096});
    Register("Decode64/own128", {.shape = shape, .branches = 64, .own = 128});
    Register("Prefill/512", {.shape = shape, .own = 512, .tokens = 512});
  }
  return true;
}

[[maybe_unused]] const bool registered = RegisterAll();

}  // namespace
}  // namespace espalier
