# FLINT with MPFR and GMP below it, as the imported target FLINT::FLINT. Debian 12's FLINT has no pkg-config file.
find_path(FLINT_INCLUDE_DIR flint/fmpq_mpoly.h)
find_library(FLINT_LIBRARY flint)
find_path(MPFR_INCLUDE_DIR mpfr.h)
find_library(MPFR_LIBRARY mpfr)
find_path(GMP_INCLUDE_DIR gmp.h)
find_library(GMP_LIBRARY gmp)
mark_as_advanced(FLINT_INCLUDE_DIR FLINT_LIBRARY MPFR_INCLUDE_DIR MPFR_LIBRARY GMP_INCLUDE_DIR GMP_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  FLINT
  REQUIRED_VARS FLINT_LIBRARY FLINT_INCLUDE_DIR MPFR_LIBRARY MPFR_INCLUDE_DIR GMP_LIBRARY GMP_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "install libflint-dev and libmpfr-dev, or add their prefix to CMAKE_PREFIX_PATH")

if(FLINT_FOUND AND NOT TARGET FLINT::FLINT)
  add_library(FLINT::FLINT INTERFACE IMPORTED)
  set_target_properties(FLINT::FLINT PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${FLINT_INCLUDE_DIR};${MPFR_INCLUDE_DIR};${GMP_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${FLINT_LIBRARY};${MPFR_LIBRARY};${GMP_LIBRARY}")
endif()
