#!/usr/bin/env bash
# The command line as scripts and people meet it: exit codes, one clear line on stderr for whatever is
# wrong, and no crash when output has nowhere to go.
#
#   command_line_test.sh DIRECTORY-WITH-THE-BINARIES
set -uo pipefail
bin=$1
source "$(dirname "${BASH_SOURCE[0]}")/../support/checks.sh"

# expect EXIT-CODE COMMAND...: runs it, keeps its output, and looks at the exit code.
expect() {
  local wanted=$1
  shift
  "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
  local got=$?
  [[ $got == "$wanted" ]] || fail "'${*##*/}' exits with $got, not $wanted: $(cat "$scratch/err")"
}

# refuse EXIT-CODE PATTERN COMMAND...: it must fail with one line on stderr that says what is wrong.
refuse() {
  local wanted=$1 pattern=$2
  shift 2
  expect "$wanted" "$@"
  [[ $(wc -l <"$scratch/err") == 1 ]] || fail "'${*##*/}' does not say one line: $(cat "$scratch/err")"
  grep -qE -- "$pattern" "$scratch/err" || fail "'${*##*/}' does not say '$pattern': $(cat "$scratch/err")"
  [[ ! -s $scratch/out ]] || fail "'${*##*/}' writes to stdout although it fails"
}

json() { python3 -c "import json, sys; d = json.load(open('$scratch/out')); sys.exit(0 if ($1) else 1)"; }

# -- what works ---------------------------------------------------------------------------------------

expect 0 "$bin/mailroom" --help
expect 0 "$bin/mailroom" run --help
expect 0 "$bin/counter" --help
expect 0 "$bin/mailroom" list
expect 0 "$bin/mailroom" list --json
json '[s["story"] for s in d][:3] == ["counter", "shopping_list", "bank_account"]' ||
  fail "list --json has other stories"
json '[v["name"] for v in d[2]["versions"]] == ["racy", "step_locked", "locked", "actor", "naive_actor"]' ||
  fail "bank_account has other versions"
json 'all(set(s) >= {"story", "group", "block", "summary", "explorable", "versions"} for s in d)' ||
  fail "list --json lacks a key"

expect 0 "$bin/mailroom" run bank_account --json --version locked --seed 5
json 'len(d) == 1 and d[0]["verdict"] == d[0]["expected"] == "ok" and d[0]["ok"] is True and d[0]["seed"] == 5' ||
  fail "run --json says something else"
json 'd[0]["outcome"]["balance"] == 25 and d[0]["seconds"] >= 0' || fail "the outcome is another"
expect 0 "$bin/bank_account" --version actor --workers 3
grep -q 'customer 3' "$scratch/out" || fail "the columns lack a worker"
expect 0 "$bin/counter" --version locked --increments 100 --workers 7 --json
json 'd[0]["outcome"]["expected"] == 700' || fail "--increments is not obeyed"
grep -q $'\x1b' "$scratch/out" && fail "colours although this is no terminal"

expect 0 "$bin/mailroom" explore bank_account --json
json '[(e["version"], e["schedules"], e["bad"]) for e in d][:3] == [("racy", 6, 4), ("step_locked", 6, 4), ("locked", 2, 0)]' ||
  fail "explore --json counts something else"
json 'all(set(e) >= {"story", "version", "expected", "schedules", "bad", "verdicts", "complete", "reduction", "simplest"} for e in d)' ||
  fail "explore --json lacks a key"
for schedule in $(python3 -c "import json; print(*(e['version'] + ':' + e['simplest'] for e in json.load(open('$scratch/out')) if e['bad']))"); do
  expect 0 "$bin/mailroom" replay "bank_account.$schedule"
  grep -q '^verdict: overdraft$' "$scratch/out" || fail "$schedule is replayed to something else"
done
expect 0 "$bin/mailroom" explore --all
grep -qE '^robots +polite +livelock' "$scratch/out" || fail "explore --all lacks a story"
expect 0 "$bin/mailroom" explore robots.polite
grep -q '^      and again from step 1$' "$scratch/out" || fail "the circle of the robots is not shown"
expect 0 "$bin/mailroom" replay "$(sed -n "s/^again: mailroom replay '\(.*\)'$/\1/p" "$scratch/out")"
grep -q '^verdict: livelock$' "$scratch/out" || fail "the circle of the robots does not close"
expect 0 "$bin/mailroom" replay bank_account.racy:ABBA --format svg
grep -q '^</svg>$' "$scratch/out" || fail "the picture has no end"
expect 0 "$bin/mailroom" replay bank_account.racy:ABBA --format mermaid
grep -q '^sequenceDiagram$' "$scratch/out" || fail "the diagram has no begin"

# -- what is refused ----------------------------------------------------------------------------------

refuse 2 "no story is called 'nosuch'" "$bin/mailroom" run nosuch
refuse 2 "no version 'nosuch'; it has racy, locked" "$bin/mailroom" run counter --version nosuch
refuse 2 "no version 'nosuch'" "$bin/counter" --version nosuch
refuse 2 "--nosuch" "$bin/mailroom" run counter --nosuch
refuse 2 "--nosuch" "$bin/counter" --nosuch
refuse 2 "STORY" "$bin/mailroom" run
refuse 2 "no benchmarks are called 'nosuch'; there are actors, agent, caf, explore, idioms, light, mailbox, pool, process, sync" \
  "$bin/mailroom" bench light nosuch
refuse 2 "rounds" "$bin/mailroom" bench light --rounds 0
refuse 2 "subcommand" "$bin/mailroom"
refuse 2 "nosuch" "$bin/mailroom" nosuch
refuse 2 "scale" "$bin/counter" --scale 0
refuse 2 "scale" "$bin/counter" --scale -1
refuse 2 "scale" "$bin/counter" --scale nan
refuse 2 "scale" "$bin/counter" --scale much
refuse 2 "workers" "$bin/counter" --workers 0
refuse 2 "workers" "$bin/counter" --workers 65
refuse 2 "workers" "$bin/counter" --workers 99999999999999999999
refuse 2 "seed" "$bin/counter" --seed -1
refuse 2 "limit" "$bin/counter" --limit 0
refuse 2 "increments" "$bin/counter" --increments 0
refuse 2 "has no increments" "$bin/mailroom" run bank_account --increments 5
refuse 2 "explore needs a story, or --all" "$bin/mailroom" explore
refuse 2 "no story is called 'nosuch'" "$bin/mailroom" explore nosuch
refuse 2 "no version 'nosuch'" "$bin/mailroom" explore counter.nosuch
refuse 2 "kitchen cannot be explored; counter, " "$bin/mailroom" explore kitchen
refuse 2 "squares.futures cannot be explored; other versions can" "$bin/mailroom" explore squares.futures
refuse 2 "squares.futures cannot be explored; other versions can" "$bin/mailroom" replay squares.futures:A
refuse 2 "excludes" "$bin/mailroom" explore counter --all
refuse 2 "strategy" "$bin/mailroom" explore counter --strategy luck
refuse 2 "schedules" "$bin/mailroom" explore counter --schedules 0
refuse 2 "is not STORY.VERSION:SCHEDULE" "$bin/mailroom" replay bank_account.racy
refuse 2 "no version ''" "$bin/mailroom" replay bank_account:ABBA
refuse 2 "format" "$bin/mailroom" replay bank_account.racy:ABBA --format pdf
refuse 1 "step 3 of 'ABCA' does not fit: only A, B can move there" "$bin/mailroom" replay bank_account.racy:ABCA
refuse 1 "step 5 of 'ABBAA' does not fit: the run is over" "$bin/mailroom" replay bank_account.racy:ABBAA
refuse 1 "does not close" "$bin/mailroom" replay 'robots.polite:(AABB)*'
refuse 2 "fixed cast" "$bin/text_editor" --workers 3

# -- output that has nowhere to go --------------------------------------------------------------------

quick=("$bin/mailroom" run counter --version locked --increments 10 --json)
refuse 1 "standard output" bash -c '"$@" >/dev/full' _ "${quick[@]}"
refuse 1 "standard output" bash -c '"$@" >&-' _ "${quick[@]}"
refuse 1 "standard output" bash -c '"$@" >/dev/full' _ "$bin/mailroom" list
refuse 1 "standard output" bash -c '"$@" >&-' _ "$bin/mailroom" list --json
# The reader is gone before the first byte.
mkfifo "$scratch/pipe"
(exec 3<"$scratch/pipe") &
exec 4>"$scratch/pipe"
wait
"${quick[@]}" >&4 2>"$scratch/err"
status=$?
exec 4>&-
[[ $status == 1 ]] || fail "a closed pipe makes exit code $status"
grep -q "standard output: Broken pipe" "$scratch/err" || fail "a closed pipe: $(cat "$scratch/err")"
"${quick[@]}" 2>"$scratch/err" | head -1 >"$scratch/out"
[[ $(cat "$scratch/out") == "[" ]] || fail "head -1 got '$(cat "$scratch/out")'"

((failures == 0)) && echo "all as it must be"
exit $((failures > 0))
