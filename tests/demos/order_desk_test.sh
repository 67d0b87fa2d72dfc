#!/usr/bin/env bash
# order_desk: the books are right whatever jams, and wrong arguments are refused in one line.
#
#   order_desk_test.sh PROGRAM
set -uo pipefail
program=$(realpath "$1")
source "$(dirname "${BASH_SOURCE[0]}")/../support/checks.sh"
cd "$scratch" || exit 1

for arguments in "" "--seed 7 --paper 1 --orders 20" "--clerks 1" "--clerks 16 --orders 300"; do
  # shellcheck disable=SC2086
  out=$("$program" $arguments 2>err) || fail "exit code $? for '$arguments'"
  [[ $out == *"as it should be" ]] || fail "'$arguments' says: $out"
done
out=$("$program" --paper 0 --orders 1 2>err)
[[ $out == *"0 pieces sold for 0: as it should be" ]] || fail "with no paper: $out"
grep -q "mailroom: desk restarts card terminal in .*: the paper jams" err || fail "restarts are not told: $(cat err)"

for wrong in "--clerks 0" "--orders x" "--paper -1" "--nope" "something"; do
  # shellcheck disable=SC2086
  out=$("$program" $wrong 2>&1 >/dev/null)
  [[ $? == 2 && $(wc -l <<<"$out") == 1 && $out == "order_desk: "* ]] || fail "'$wrong' is not refused in one line: $out"
done

"$program" 2>err | true
[[ ${PIPESTATUS[0]} == 1 ]] || fail "a closed pipe: exit code ${PIPESTATUS[0]}"
"$program" >/dev/full 2>err
[[ $? == 1 && $(tail -n 1 err) == "order_desk: cannot write"* ]] || fail "a full disk: $(tail -n 1 err)"

exit $((failures > 0))
