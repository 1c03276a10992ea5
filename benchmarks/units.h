// Quantities for people.
#ifndef ESPALIER_BENCHMARKS_UNITS_H_
#define ESPALIER_BENCHMARKS_UNITS_H_

#include <string>

namespace espalier {

// A power of a thousand (or of 1024) and its sign.
struct UnitPrefix {
  double factor = 1;
  std::string sign;  // "", "k", "M", "G", "T", "P", "E"; "Ki", "Mi", ...
};

// The greatest that is not above `value`, at least 1.
UnitPrefix DecimalPrefix(double value);
UnitPrefix BinaryPrefix(double value);

// Three digits: "3.62 G", "3.62 GFLOP", "1.25 MiB", "812 B".
std::string WithPrefix(double value);
std::string Flops(double flops);
std::string Bytes(double bytes);

// Three digits without an exponent: "0.123", "4.56", "78.9", "1,234".
std::string ThreeDigits(double value);

// "61.3 %", "+2.5" for percentage points, "0.012" or "<0.001" for a p-value.
std::string PercentText(double share);
std::string PointsText(double difference);
std::string PValueText(double p_value);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_UNITS_H_
