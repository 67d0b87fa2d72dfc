#!/usr/bin/env bash
# How programs end that have a pool of processes, and what is left of them: nothing.
#
#   exit_test.sh EXIT-PROGRAM
set -uo pipefail
export ASAN_OPTIONS=detect_leaks=0 # some of these leak on purpose
program=$1
source "$(dirname "${BASH_SOURCE[0]}")/../support/checks.sh"

# check "what it is about" SCENARIO STDOUT
check() {
  local code out
  out=$(timeout 30 "$program" "$2" 2>"$scratch/err" </dev/null | paste -sd/)
  code=$?
  [[ $code == 0 && $out == "$3" && ! -s $scratch/err ]] ||
    fail "$1: exits with $code, prints '$out' and says '$(<"$scratch/err")'"
}

# ended "what it is about" PROCESS...: they end, and soon.
ended() {
  local what=$1 process tries
  shift
  for process; do
    for ((tries = 0; tries < 1000; ++tries)); do
      kill -0 "$process" 2>/dev/null || continue 2
      sleep 0.01 # there is no event to wait for: they are nobody's children
    done
    fail "$what: process $process is left"
    kill -9 "$process"
  done
}

# interrupt "what it is about" SCENARIO LINES SIGNAL TO-GROUP: runs it until it has printed so many lines, which are its
# processes, and sends a signal to it, or to it and all of them.
interrupt() {
  local lines=() line pool
  : >"$scratch/out"
  setsid env --default-signal=INT "$program" "$2" >"$scratch/out" 2>/dev/null </dev/null &
  pool=$!
  for ((line = 0; line < 1000; ++line)); do
    mapfile -t lines <"$scratch/out"
    ((${#lines[@]} >= $3)) && break
    sleep 0.01
  done
  ((${#lines[@]} == $3)) || fail "$1: has printed '${lines[*]}'"
  if [[ $5 == group ]]; then kill -s "$4" -- "-$pool"; else kill -s "$4" "$pool"; fi
  wait "$pool" 2>/dev/null
  ended "$1" "${lines[@]}"
}

check "main returns, and a task of a pool that nobody destroys still runs" leak apple
check "main returns, and a task of a static pool still runs" static apple
check "std::exit within a task ends its process" exit_within 7
check "a pool in a task of a pool" nested apple
check "main has not said that it may be a worker" unprepared \
  "no process can become a worker: main has to begin with mailroom::serve_if_worker()"
interrupt "kill -9 of a program whose tasks never end" hang 2 KILL alone
interrupt "kill -9 of a program with an idle process" idle 1 KILL alone
interrupt "Ctrl-C while tasks never end" hang 2 INT group
interrupt "SIGTERM while tasks never end" hang 2 TERM alone

[[ $failures == 0 ]] && echo "all programs have ended, and nothing is left"
exit $((failures > 0))
