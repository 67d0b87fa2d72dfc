#!/usr/bin/env bash
# What cannot be called in another process is refused by the compiler, in words that say why:
# rows 133, 134 and 136 of the table in framework/mailroom/executor/README.md.
#
#   refused_test.sh COMPILER INCLUDES...
set -euo pipefail
compiler=$1
includes=("${@:2}")

# check "#ROWS what" EXPRESSION TEXT: a program with this expression does not compile, and the first
# complaint about it contains the text.
check() {
  local program said
  program="#include \"mailroom/process/process_pool_executor.hpp\"
struct worker { int work() { return 1; } };
struct secret { int n = 0; };
int function() { return 1; }
void test(mailroom::process_pool_executor& pool) { int n = 0; worker w; (void)w; (void)n; $2; }"
  if said=$("$compiler" -std=c++20 -fsyntax-only -fmax-errors=1 -x c++ "${includes[@]}" - <<<"$program" 2>&1); then
    [[ -z $3 ]] || { echo "$1: compiles" >&2; exit 1; }
  elif [[ -z $3 || $said != *"$3"* ]]; then
    printf '%s: does not say "%s" but:\n%s\n' "$1" "$3" "$said" >&2
    exit 1
  fi
}

elsewhere="a pool of processes calls what exists in all of them"
check "#133 #136 a lambda that captures" 'pool.submit([n] { return n; })' "$elsewhere"
check "#134 #136 a member function" 'pool.submit(&worker::work, w)' "$elsewhere"
check "#136 a pointer to a function" 'pool.submit(function)' "$elsewhere"
check "#133 an initializer that captures" 'mailroom::remote_call{[n] { (void)n; }}' "$elsewhere"
check "an argument that cannot travel" 'pool.submit([](secret) {}, secret{})' "an argument cannot travel"
check "a result that cannot travel" 'pool.submit([] { return secret{}; })' "the result cannot travel"
check "too few arguments" 'pool.submit([](int, int) {}, 1)' "the function takes more arguments, or fewer"
check "what can" 'pool.submit([](int i) { return i; }, n); pool.submit(mailroom::remote<function>)' ""
echo "refused as they should be"
