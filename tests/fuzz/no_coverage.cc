// Programs that are no fuzzers do nothing with the coverage of the libraries they link (driver.cc does).
extern "C" void __sanitizer_cov_trace_pc() {}
extern "C" void __sanitizer_cov_trace_cmpf(float, float) {}
extern "C" void __sanitizer_cov_trace_cmpd(double, double) {}
