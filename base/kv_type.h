// Element types of cached keys and values.
#ifndef ESPALIER_BASE_KV_TYPE_H_
#define ESPALIER_BASE_KV_TYPE_H_

namespace espalier {

enum class KvType {
  kF32,
  kF16,
  kBF16,
  kInt8,  // codes of -127 to 127, and one float scale for each key and each value vector
};

}  // namespace espalier

#endif  // ESPALIER_BASE_KV_TYPE_H_
