#!/usr/bin/env bash
# How programs end that have an executor: what they print, that they end at all, and well.
#
#   exit_test.sh EXIT-PROGRAM threads|actors
set -uo pipefail
# Some of these leak on purpose, and a child made by fork lacks the stacks that point to what it inherits.
export ASAN_OPTIONS=detect_leaks=0
program=$1
kind=$2
source "$(dirname "${BASH_SOURCE[0]}")/../support/checks.sh"

# check "#ROW what it is about" SCENARIO STDOUT-PATTERN [STDERR-PATTERN]: patterns of all there is, lines joined by "/".
check() {
  timeout 30 "$program" "$kind" "$2" >"$scratch/out" 2>"$scratch/err" </dev/null
  local code=$? out err
  out=$(paste -sd/ "$scratch/out")
  err=$(paste -sd/ "$scratch/err")
  if [[ $code != 0 || ! $out =~ ^($3)$ || ! $err =~ ^(${4-})$ ]]; then
    fail "$1: $kind $2 exits with $code (124: it hung), prints '$out' and says '$err'"
  fi
}

check "#063 exit: children of tasks end like others" fork "7 8 9"
check "#066 exit: main returns, and tasks of an executor that nobody destroys still run" leak \
  "(apple|pear|plum|quince)(/(apple|pear|plum|quince)){3}"
check "#066 exit: main returns, and tasks of a static executor still run" static apple
check "#066 exit: std::exit in main lets tasks run" exit apple
check "#067 exit: submitting at the end works as long as executors do, then it is an error" at_exit \
  "apple/pear/cannot schedule new futures after .*"
check "#070 exit: shut down without waiting, tasks that run still end" no_wait apple
check "#078 exit: cancelled without waiting, tasks have run or have not" cancel "(apple)?"
check "exit: std::exit within a task does not hang" exit_within apple
check "exit: what goes wrong in a posted task is one line on stderr" unheard "" \
  "mailroom: exception in a posted task: std::runtime_error: lost letter"

[[ $failures == 0 ]] && echo "all programs have ended as they should"
exit $((failures > 0))
