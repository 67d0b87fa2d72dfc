#!/usr/bin/env bash
# What other projects get: installs or packs it, moves it elsewhere, and uses it there as they would.
#
#   install_test.sh TEST ROOT BUILD SCRATCH CXX-COMPILER GENERATOR
#
# TEST is tree, find_package, pkg_config, sources or package; tree comes before the two after it.
set -euo pipefail
root=$2 build=$3 scratch=$4 compiler=$5 generator=$6
tree=$scratch/moved
unset CMAKE_PREFIX_PATH CXXFLAGS LDFLAGS DESTDIR

fail() {
  echo "FAILED: $*"
  exit 1
}

# quietly COMMAND...: what it prints is of interest only if it fails.
quietly() { "$@" >"$log" 2>&1 || fail "'$*': $(cat "$log")"; }

configure_consumer() { # configure_consumer SOURCE FOLDER ARG...
  cmake -S "$1" -B "$scratch/$2" -G "$generator" -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_EXPORT_COMPILE_COMMANDS=ON "${@:3}"
}

run_consumer() { # run_consumer FOLDER: builds it, with no flag of ours, and runs it
  quietly cmake --build "$scratch/$1"
  ! grep -F -- 'consumer/main.cpp' "$scratch/$1/compile_commands.json" | grep -qE -- ' -(W|O|f)' ||
    fail "our flags leak: $(cat "$scratch/$1/compile_commands.json")"
  timeout 60 "$scratch/$1/consumer" || fail "the consumer ends with $?"
}

# check_files PREFIX: all headers are there, and no file names the machine it was made on.
check_files() {
  local headers=("$1"/include/mailroom-*)
  diff <({ cd "$root/framework" && find mailroom -name '*.hpp' && cd "$root" && find actors -name '*.hpp'; } | sort) \
    <(cd "${headers[0]}" && find . -type f -printf '%P\n' | sort) || fail "other headers are installed"
  local strange status=0
  strange=$(grep -rnF -e "$root" -e "$build" -e "$scratch" -e /usr/ -e mailroom_flags -e CLI11 -e nlohmann \
    "$1"/lib/cmake/mailroom/mailroom{Targets,Config}*.cmake "$1/lib/pkgconfig/mailroom.pc") || status=$?
  [[ $status == 1 ]] || fail "that is nothing to other machines: $strange"
  if grep -q '^CMAKE_BUILD_TYPE:[A-Z]*=Release$' "$build/CMakeCache.txt"; then # others know their sources
    strange=$(grep -rlF -e "$root" -e "$build" "$1/bin" "$1/libexec" || true)
    [[ -z $strange ]] || fail "these know where they were built: $strange"
  fi
  quietly "$1/libexec/mailroom/light_memory" agent
  quietly "$1/bin/mailroom" list
  quietly "$1/bin/mailroom-counter" --help
}

# use_pkg_config PREFIX: as the README has it.
use_pkg_config() {
  local folder
  folder=$(mktemp -d "$scratch/main.XXXXXX")
  cp "$root/tests/demos/readme_program.cpp" "$folder/main.cpp"
  cd "$folder"
  export PKG_CONFIG_PATH=$1/lib/pkgconfig
  g++ main.cpp $(pkg-config --cflags --libs mailroom)
  [[ $(timeout 60 ./a.out) == "customer 1 has it" ]] || fail "the program of the README prints something else"
  rm -r "$folder"
}

test_tree() {
  rm -rf "$tree" "$scratch/first"
  quietly cmake --install "$build" --prefix "$scratch/first"
  mv "$scratch/first" "$tree"
  check_files "$tree"
}

test_find_package() {
  rm -rf "$scratch"/{found,refused,other}
  quietly configure_consumer "$root/tests/consumer" found -DCMAKE_PREFIX_PATH="$tree"
  grep -q "^mailroom_DIR:PATH=$tree/" "$scratch/found/CMakeCache.txt" || fail "another mailroom was found"
  run_consumer found

  # Another minor version may have another interface, be it newer than what is asked for.
  cp -r "$root/tests/consumer" "$scratch/other"
  sed -i 's/(mailroom [0-9.]*/(mailroom 0.0/' "$scratch/other/CMakeLists.txt"
  ! configure_consumer "$scratch/other" refused -DCMAKE_PREFIX_PATH="$tree" >"$log" 2>&1 ||
    fail "any version will do"
  grep -q 'requested version "0.0"' "$log" || fail "not refused for its version: $(cat "$log")"
}

test_pkg_config() {
  use_pkg_config "$tree"
  # pkg-config's headers are no system headers: they must not warn whoever asks for warnings.
  "$compiler" -Wall -Wextra -Wpedantic -Wconversion -Werror "$root/tests/consumer/main.cpp" \
    -o "$scratch/consumer" $(pkg-config --cflags --libs mailroom)
  quietly timeout 60 "$scratch/consumer"
}

# As a part of another project it builds the libraries, and nothing of it is installed.
test_sources() {
  # Fresh options every time, but what was compiled with the same ones is kept.
  quietly configure_consumer "$root/tests/consumer" sources --fresh -DMAILROOM_SOURCE="$root"
  ! cmake --build "$scratch/sources" --target help | grep -w demos || fail "the demos are built"
  grep -q '^CMAKE_BUILD_TYPE:[A-Z]*=$' "$scratch/sources/CMakeCache.txt" || fail "it chooses the kind of build"
  rm -rf "$scratch/nothing"
  quietly cmake --install "$scratch/sources" --prefix "$scratch/nothing"
  [[ ! -e $scratch/nothing ]] || fail "this is installed: $(find "$scratch/nothing")"
  run_consumer sources
}

test_package() {
  rm -rf "$scratch"/{package,unpacked}
  quietly cpack --config "$build/CPackConfig.cmake" -B "$scratch/package"
  local package=("$scratch"/package/mailroom_*.deb) depends name
  depends=$(dpkg-deb -f "${package[0]}" Depends)
  for name in libcaf-dev libfmt-dev libssl-dev libc6 libstdc++6 libcaf-core0; do
    [[ $depends == *"$name"* ]] || fail "the package does not depend on $name: $depends"
  done
  ! dpkg-deb -c "${package[0]}" | grep -vE '^\S+ root/root .* \./usr/' || fail "that is no place for a package"
  dpkg-deb -x "${package[0]}" "$scratch/unpacked"
  cmp "$root/LICENSE" "$scratch/unpacked/usr/share/doc/mailroom/copyright"
  check_files "$scratch/unpacked/usr"
  use_pkg_config "$scratch/unpacked/usr"
}

mkdir -p "$scratch"
log=$scratch/$1.log
"test_$1"
