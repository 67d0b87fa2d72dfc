# What tests of programs begin with: source it. $scratch is a folder of their own; `fail` says what is wrong and counts
# it in $failures, with which they end: `exit $((failures > 0))`.
failures=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
