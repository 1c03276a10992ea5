# Everything from outside, once. The names on the right are the targets to link.
find_package(absl REQUIRED)           # absl::status, absl::flat_hash_map, ...
find_package(Threads REQUIRED)        # Threads::Threads
find_package(nlohmann_json REQUIRED)  # nlohmann_json::nlohmann_json
find_package(CLI11 REQUIRED)          # CLI11::CLI11
find_package(CURL REQUIRED)           # CURL::libcurl
find_package(OpenSSL REQUIRED)        # OpenSSL::Crypto
find_package(ZLIB REQUIRED)           # ZLIB::ZLIB
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)  # PkgConfig::PCRE2
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)  # PkgConfig::UTF8PROC: Unicode's tables, as Julia uses them
list(APPEND CMAKE_MODULE_PATH ${PROJECT_SOURCE_DIR}/cmake)
find_package(FLINT REQUIRED)          # FLINT::FLINT, with MPFR and GMP: LGPL, linked dynamically
find_package(benchmark QUIET)         # benchmark::benchmark, optional
