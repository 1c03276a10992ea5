#include "reasoning/branch_path.h"

#include "absl/strings/str_cat.h"

namespace espalier {

BranchPath BranchPath::Child(int32_t index) const {
  BranchPath child = *this;
  child.indices_.push_back(index);
  return child;
}

std::string BranchPath::ToString() const {
  std::string text = "0";
  for (const int32_t index : indices_) absl::StrAppend(&text, ".", index);
  return text;
}

}  // namespace espalier
