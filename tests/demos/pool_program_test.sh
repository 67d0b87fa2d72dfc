#!/usr/bin/env bash
# The two programs of the README, in Python and with mailroom, print the same. Answers come in any order.
#
#   pool_program_test.sh PYTHON PROGRAM.py PROGRAM
set -euo pipefail
python=$("$1" "$2" | sort)
ours=$("$3" | sort)
[[ $python == "$ours" && $(wc -l <<<"$ours") == 6 ]] || {
  diff <(echo "$python") <(echo "$ours")
  exit 1
}
