#!/usr/bin/env bash
# A story or a block that lacks a part must stop cmake, with the path of what is missing.
#
#   completeness_test.sh ROOT CXX-COMPILER GENERATOR
set -uo pipefail
root=$1 compiler=$2 generator=$3
failures=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r "$root"/{CMakeLists.txt,cmake,framework,actors,demos,tests} "$scratch"

# expect_missing PATH: takes the file away, configures, and looks for its name in the complaint.
expect_missing() {
  local part=$1
  mv "$scratch/$part" "$scratch/away"
  if cmake -S "$scratch" -B "$scratch/build" -G "$generator" -DCMAKE_CXX_COMPILER="$compiler" \
    >"$scratch/log" 2>&1; then
    echo "FAILED: cmake does not miss $part"
    failures=1
  elif ! tr -s ' \n' ' ' <"$scratch/log" | grep -q "is incomplete: $part is missing"; then
    echo "FAILED: cmake does not name $part: $(cat "$scratch/log")"
    failures=1
  fi
  mv "$scratch/away" "$scratch/$part"
}

expect_missing demos/counter.cpp
expect_missing demos/breakfast.md
expect_missing tests/demos/bank_account_test.cpp
expect_missing actors/account/README.md
expect_missing tests/actors/cell_test.cpp

# With all parts there it must work, or the above shows nothing.
cmake -S "$scratch" -B "$scratch/build" -G "$generator" -DCMAKE_CXX_COMPILER="$compiler" \
  >"$scratch/log" 2>&1 || {
  echo "FAILED: cmake stops although nothing is missing: $(cat "$scratch/log")"
  failures=1
}
exit $failures
