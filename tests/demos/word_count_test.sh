#!/usr/bin/env bash
# word_count against coreutils: the same words, the same numbers; and clear words about what is wrong.
#
#   word_count_test.sh PROGRAM
set -uo pipefail
export LC_ALL=C
program=$1
source "$(dirname "${BASH_SOURCE[0]}")/../support/checks.sh"
cd "$scratch" || exit 1

# A sequential count, one word per line.
expected() {
  cat "$@" | tr 'A-Z' 'a-z' | tr -cs 'a-z\200-\377' '\n' | sed '/^$/d' | sort | uniq -c |
    sort -k1,1nr -k2,2
}

printf 'The cat and the dog.\nThe END\n' >one
printf 'a dog, a cat; na\303\257ve\n' >two
: >empty
printf 'no newline at the END' >open
seq 1 50 | while read -r n; do
  for ((i = 0; i < n; i++)); do echo "word$n alpha beta"; done >"many$n"
done

same() {
  "$program" --top 0 "$@" >got 2>err || fail "exit code $? for $*"
  [[ -s err ]] && fail "complains: $(cat err)"
  expected "${@//--workers*/}" >wanted
  diff -q got wanted >/dev/null || fail "other words for $*: $(diff got wanted | head -n 5)"
}

same one
same one two empty
same open
same many*
"$program" --top 0 --workers 1 many* >got1
"$program" --top 0 --workers 32 many* >got32
cmp -s got1 got32 || fail "the number of workers changes the result"

[[ $("$program" --top 1 one) == "      3 the" ]] || fail "--top 1 prints something else"

# A file that is not there is named; the others are counted.
"$program" one missing --top 1 >got 2>err
[[ $? == 1 ]] || fail "a missing file does not exit with 1"
[[ $(cat err) == "word_count: missing: No such file or directory" ]] || fail "says: $(cat err)"
grep -q the got || fail "the other file was not counted"
"$program" . >got 2>err && fail "a directory is no file"
[[ $(wc -l <err) == 1 ]] || fail "not one line: $(cat err)"

for wrong in "" "--workers 0 one" "--workers x one" "--nope one"; do
  # shellcheck disable=SC2086
  "$program" $wrong >got 2>err
  [[ $? == 2 && $(wc -l <err) == 1 && ! -s got ]] || fail "'$wrong' is not refused in one line"
done

((failures == 0)) && echo "as coreutils count"
exit $((failures > 0))
