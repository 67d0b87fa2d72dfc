#!/usr/bin/env bash
# Checks how the front door answers mistakes and missing packages; installs and builds nothing.
# usage: tests/lint/dev_test.sh PROJECT_FOLDER
set -euo pipefail

dev=$1/dev
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
failures=0

# expect STATUS ARG...: runs ./dev with only the tools in $bin; sets $out and $err.
expect() {
  local status=$1 actual=0
  shift
  out=$(env -i PATH="$bin" "$bin/bash" "$dev" "$@" 2>"$bin/err") || actual=$?
  err=$(<"$bin/err")
  [[ $actual == "$status" ]] || fail "./dev $* ended with $actual instead of $status: $err"
}

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# fake NAME SCRIPT: a tool that is here but does what the test wants.
fake() {
  printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
  chmod +x "$bin/$1"
}

for tool in bash cat dirname env; do
  ln -s "$(command -v "$tool")" "$bin/$tool"
done
fake id 'echo 1000'
# Nothing below may get as far as building.
fake cmake 'echo "cmake was called" >&2; exit 99'

# -- mistakes: one line, exit 2 --

mistakes=("frobnicate" "--frobnicate" "test --frobnicate" "build release" "demo now" "install" "package now")
for mistake in "${mistakes[@]}"; do
  read -ra words <<<"$mistake"
  expect 2 "${words[@]}"
  [[ -n $err && $err != *$'\n'* && -z $out ]] || fail "./dev $mistake does not say one line: $err"
done

# -- help names every command --

expect 0
overview=$out
expect 0 help
[[ $out == "$overview" ]] || fail "./dev and ./dev help differ"
while read -r command; do
  [[ $out == *$'\n'"  $command "* ]] || fail "./dev help does not list '$command'"
done < <(sed -n 's/^cmd_\([a-z]*\)().*/\1/p' "$dev")

# -- no apt-get: names the packages, and the way past the check --

expect 1 build
[[ $err == *libcaf-dev*MAILROOM_SKIP_SETUP=1* ]] || fail "without apt-get: $err"

# -- neither root nor sudo: names the command for what is missing, and only that --

fake apt-get 'echo "apt-get was called" >&2; exit 99'
fake dpkg-query 'echo "installed g++"; echo "not-installed cmake"; exit 1'
expect 1 build
[[ $err == *"apt-get install -y --no-install-recommends cmake ninja-build"*libcaf-dev* ]] ||
  fail "without root and sudo: $err"
[[ $err != *" g++"* && $err != *"was called"* ]] || fail "without root and sudo: $err"

# -- root: says what it installs, and stops if that fails --

fake id 'echo 0'
expect 99 build
[[ $err == "installing: cmake ninja-build"*"(apt-get)"* ]] || fail "as root: $err"

# -- benchmarks: those with peers install them if they can, and go on if not --

fake dpkg-query 'for p; do [ "$p" = libconcurrentqueue-dev ] || echo "installed $p"; done'
fake apt-cache 'exit 0'
expect 99 bench mailbox
[[ $err == "installing: libconcurrentqueue-dev (apt-get)"*"cmake was called"* ]] || fail "bench mailbox: $err"
expect 99 bench sync
[[ $err != *installing* && $err == *"cmake was called"* ]] || fail "bench sync: $err"

((failures == 0)) && echo "the front door answers as it should"
