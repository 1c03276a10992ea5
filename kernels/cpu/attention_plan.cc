#include "kernels/cpu/attention_plan.h"

#include <algorithm>
#include <numeric>

namespace espalier {
namespace {

// Work is counted in pairs of a query vector and a chunk, a few hundred nanoseconds each.
constexpr int64_t kTasksPerThread = 4;    // enough to balance
constexpr int64_t kLeastTask = 24;        // below, handing out tasks costs more than it balances
constexpr int64_t kLeastVectors = 24;     // tasks of fewer query vectors are divided by chunks instead
constexpr int64_t kMostStates = 1 << 15;  // of tasks divided by chunks: bounds their memory

int64_t PagesOfSpan(const SequenceSpan& sequence, int64_t page_size) {
  return (sequence.position + sequence.tokens + page_size - 1) / page_size;
}

}  // namespace

int64_t FirstRead(int64_t position, int64_t window) {
  return window == 0 ? 0 : std::max<int64_t>(0, position - window + 1);
}

std::span<const PageId> PrefixTree::PagesOf(int32_t sequence) const {
  return std::span(pages_).subspan(begins_[sequence], begins_[sequence + 1] - begins_[sequence]);
}

bool PrefixTree::Holds(std::span<const SequenceSpan> sequences, int64_t page_size) const {
  if (page_size != page_size_ || sequences.size() != order_.size()) return false;
  for (size_t s = 0; s < sequences.size(); ++s) {
    const std::span<const PageId> before = PagesOf(static_cast<int32_t>(s));
    if (PagesOfSpan(sequences[s], page_size) < static_cast<int64_t>(before.size())) return false;
    if (!std::equal(before.begin(), before.end(), sequences[s].pages)) return false;
  }
  return true;
}

void PrefixTree::Update(std::span<const SequenceSpan> sequences, int64_t page_size) {
  if (Holds(sequences, page_size)) return;
  ++rebuilds_;
  page_size_ = page_size;
  pages_.clear();
  begins_.assign(1, 0);
  for (const SequenceSpan& sequence : sequences) {
    pages_.insert(pages_.end(), sequence.pages, sequence.pages + PagesOfSpan(sequence, page_size));
    begins_.push_back(pages_.size());
  }
  order_.resize(sequences.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(), [this](int32_t a, int32_t b) {
    const std::span<const PageId> left = PagesOf(a);
    const std::span<const PageId> right = PagesOf(b);
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
  });
  shared_chunks_.assign(order_.size(), 0);
  for (size_t i = 1; i < order_.size(); ++i) {
    const std::span<const PageId> left = PagesOf(order_[i - 1]);
    const std::span<const PageId> right = PagesOf(order_[i]);
    const auto difference = std::mismatch(left.begin(), left.end(), right.begin(), right.end()).first;
    shared_chunks_[i] = (difference - left.begin()) * page_size / kAttentionChunk;
  }
}

namespace {

// Cuts the rows into stretches and those, where they are too few for the threads, into ranges of chunks.
class Divider {
 public:
  Divider(std::span<const AttentionRow> rows, const PrefixTree& tree, const AttentionWork& work,
          AttentionTasks& result)
      : rows_(rows), tree_(tree), work_(work), result_(result) {
    int64_t total = 0;
    for (int64_t i = 0; i < count(); ++i) total += RowWork(i);
    total *= work.kv_heads;
    target_ = work.threads == 1 ? total : std::max(kLeastTask, total / (work.threads * kTasksPerThread));
  }

  void Run() {
    result_.tasks.clear();
    result_.splits.clear();
    result_.states = 0;
    int64_t first = 0;
    int64_t done = 0;  // work of rows [first, i)
    for (int64_t i = 0; i < count(); ++i) {
      if (i > first && EndsBefore(i, i - first, done)) {
        AddRows(first, i - first, done);
        first = i;
        done = 0;
      }
      done += RowWork(i);
    }
    if (count() > first) AddRows(first, count() - first, done);
  }

 private:
  int64_t count() const { return static_cast<int64_t>(rows_.size()); }
  int64_t FirstChunk(int64_t row) const {
    return FirstRead(rows_[row].position, work_.window) / kAttentionChunk;
  }
  int64_t EndChunk(int64_t row) const { return rows_[row].position / kAttentionChunk + 1; }
  int64_t RowWork(int64_t row) const { return (EndChunk(row) - FirstChunk(row)) * work_.group; }

  // Whether a task of `rows` rows with `done` work in front of row i is full.
  bool EndsBefore(int64_t i, int64_t rows, int64_t done) const {
    const int64_t vectors = rows * work_.group;
    if (vectors + work_.group > kTaskVectors) return true;
    if (rows_[i].place != rows_[i - 1].place && tree_.shared_chunks(rows_[i].place) <= FirstChunk(i))
      return 2 * done >= target_;  // nothing is gathered twice if the rows part here
    return done >= target_ && vectors >= kLeastVectors;
  }

  void AddRows(int64_t first, int64_t rows, int64_t done) {
    int64_t first_chunk = FirstChunk(first);
    int64_t end_chunk = 0;
    for (int64_t i = first; i < first + rows; ++i) {
      first_chunk = std::min(first_chunk, FirstChunk(i));
      end_chunk = std::max(end_chunk, EndChunk(i));
    }
    const int64_t chunks = end_chunk - first_chunk;
    const int64_t states = chunks * rows * work_.group;
    const int64_t parts = std::min(chunks, done / target_);
    if (parts < 2 || result_.states + states > kMostStates) {
      result_.tasks.push_back(
          {.first_row = first, .rows = rows, .first_chunk = first_chunk, .end_chunk = end_chunk});
      return;
    }
    for (int64_t part = 0; part < parts; ++part) {
      result_.tasks.push_back({.first_row = first,
                               .rows = rows,
                               .first_chunk = first_chunk + chunks * part / parts,
                               .end_chunk = first_chunk + chunks * (part + 1) / parts,
                               .split = static_cast<int64_t>(result_.splits.size())});
    }
    result_.splits.push_back({.first_row = first,
                              .rows = rows,
                              .first_chunk = first_chunk,
                              .end_chunk = end_chunk,
                              .first_state = result_.states});
    result_.states += states;
  }

  std::span<const AttentionRow> rows_;
  const PrefixTree& tree_;
  const AttentionWork& work_;
  AttentionTasks& result_;
  int64_t target_;
};

}  // namespace

void DivideRows(std::span<const AttentionRow> rows, const PrefixTree& tree, const AttentionWork& work,
                AttentionTasks& result) {
  Divider(rows, tree, work, result).Run();
}

}  // namespace espalier
