#!/usr/bin/env bash
# Builds CAF's core library with -fsanitize=thread, once for each compiler, and prints where it is.
# Debian's libcaf is not instrumented: TSan misses its synchronisation and reports races in vain.
set -euo pipefail

readonly version=0.17.6

say() { printf '%s\n' "$*" >&2; }
die() { say "instrumented CAF: $*"; exit 1; }

(($# == 1)) || { say "usage: cmake/instrumented_caf.sh CXX_COMPILER"; exit 2; }
cxx=$1

# "12.2.0" for GCC, "Debian Clang 14.0.6" for Clang: one library for each.
compiler=$("$cxx" -dM -E -x c++ /dev/null 2>/dev/null |
  sed -n 's/^#define __VERSION__ "\(.*\)"/\1/p') || die "cannot run the compiler '$cxx'"
[[ $compiler == *[Cc]lang* ]] || compiler="gcc $compiler"

cache=${MAILROOM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mailroom}
mkdir -p "$cache" || die "cannot write to $cache"
cache=$(cd "$cache" && pwd)
prefix=$cache/caf-$version-tsan-${compiler//[^[:alnum:].]/-}
work=$prefix.work
log=$prefix.log

# A prefix is moved into place whole, so one that exists is complete. The second look is for
# whoever has waited for the lock while another configure was building.
ready() { [[ -d $prefix ]] && printf '%s\n' "$prefix"; }
ready && exit
exec 9>"$prefix.lock"
flock 9
ready && exit

command -v apt-get >/dev/null ||
  die "needs apt-get source (Debian); set CAF_ROOT to a CAF $version built with -fsanitize=thread"
say "building an instrumented CAF once, about 2 minutes, kept in $prefix"
rm -rf "$work"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{src,apt/sources,apt/lists/partial,apt/cache/archives/partial}

# Runs a step with its output in the log, and shows the end of that if it fails.
step() {
  local failure=$1
  shift
  "$@" >>"$log" 2>&1 </dev/null || { tail -n 20 "$log" >&2; die "$failure (log: $log)"; }
}

# The machine's own sources with deb turned into deb-src keep their mirrors and keys. They live in
# a private copy of apt's state, which leaves the system alone and needs no root.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
  [[ -r $list ]] || continue
  sed -E 's/^types:.*/Types: deb-src/I; /^deb-src/d; s/^deb\b/deb-src/' "$list" \
    >"$work/apt/sources/${list##*/}"
done
apt=(
  apt-get -q
  -o Dir::Etc::sourcelist=/dev/null
  -o "Dir::Etc::sourceparts=$work/apt/sources"
  -o "Dir::State::lists=$work/apt/lists"
  -o "Dir::Cache=$work/apt/cache"
  -o APT::Sandbox::User=root # apt's own user cannot write to a private cache
)
# One dead source is no reason to stop: if it matters, the next step says so.
"${apt[@]}" update >"$log" 2>&1 </dev/null || true
step "cannot fetch the source of CAF $version" \
  env -C "$work" "${apt[@]}" source --download-only --tar-only actor-framework
step "the source of CAF is not $version" \
  tar -x -f "$work/actor-framework_$version.orig.tar.gz" -C "$work/src" --strip-components=1

if command -v ninja >/dev/null; then
  export CMAKE_GENERATOR=Ninja
fi
# The headers are for libstdc++ like everything else here, so no libc++ behind Clang's back.
step "cannot configure CAF $version" \
  cmake -Wno-dev -S "$work/src" -B "$work/build" \
  -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_FLAGS=-fsanitize=thread \
  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1 -DNDEBUG" \
  -DCMAKE_INSTALL_PREFIX="$work/prefix" \
  -DCAF_NO_{AUTO_LIBCPP,EXAMPLES,IO,OPENCL,OPENSSL,TOOLS,UNIT_TESTS}=ON
step "cannot build CAF $version" cmake --build "$work/build" --parallel
step "cannot install CAF $version" cmake --install "$work/build"
mv "$work/prefix" "$prefix"
ready
