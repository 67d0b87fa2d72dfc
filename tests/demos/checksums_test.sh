#!/usr/bin/env bash
# Compares `checksums` with `sha256sum`, and checks how it answers what goes wrong.
# usage: tests/demos/checksums_test.sh CHECKSUMS
set -euo pipefail
export TERM=xterm # where a bar would be drawn, were it a terminal
export LC_ALL=C   # the language of messages, and the order of find | sort

checksums=$(realpath "$1")
scratch=$(mktemp -d)
pid=
clean_up() {
  [[ -z $pid ]] || kill "$pid" || true
  rm -rf "$scratch"
}
trap clean_up EXIT
mkdir "$scratch/work"
chmod 755 "$scratch"
out=$scratch/out
err=$scratch/err
expected=$scratch/expected
cd "$scratch/work"
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# run STATUS ARG...: runs checksums with its output in $out and $err.
run() {
  local wanted=$1 status=0
  shift
  "$checksums" "$@" >"$out" 2>"$err" || status=$?
  ended "$wanted" "$status" "checksums $*"
}

# ended WANTED STATUS WHAT
ended() {
  (($1 == $2)) || fail "$3 ended with $2 instead of $1: $(<"$err")"
}

# says LINES [TEXT]: $err has so many whole lines and nothing else, and the text is among them.
says() {
  [[ -z $(tail -c 1 "$err") && $(<"$err") != *[$'\r\e']* ]] || fail "stderr is no text: $(<"$err")"
  (($(wc -l <"$err") == $1)) || fail "stderr has not $1 line(s): $(<"$err")"
  [[ $(<"$err") == *"${2-}"* ]] || fail "stderr does not say '$2': $(<"$err")"
}

# expect DIR: $expected is what find and sha256sum make of it.
expect() { find -H "$1" -type f -print0 | sort -z | xargs -0 -r sha256sum >"$expected"; }

# same WHAT: $out is as expected, and there is something.
same() {
  [[ -s $out ]] && cmp -s "$out" "$expected" || fail "$1: $(diff "$out" "$expected" | head -n 5)"
}

# whole_lines LINES: $out holds at least so many, each of them a sum and a name.
whole_lines() {
  local lines
  lines=$(grep -acE '^[0-9a-f]{64}  many/[0-9]+$' "$out") || true
  ((lines >= $1 && lines == $(wc -l <"$out"))) && [[ -z $(tail -c 1 "$out") ]] ||
    fail "$lines whole lines, and at the end: $(tail -n 1 "$out")"
}

# The background of a script ignores Ctrl-C; a program somebody types in does not.
how=(env --default-signal=INT)

# start LINES ARG...: runs checksums in the background with its output on descriptor 3 and in $err, its
# number in $pid. Returns when it has printed LINES lines.
start() {
  local first=$1
  shift
  exec 3< <(exec "${how[@]}" "$checksums" "$@" 2>"$err")
  pid=$!
  mapfile -n "$first" -u 3 lines
}

# finish WANTED [unread]: waits for what was started; $out is what it printed.
finish() {
  local status=0
  printf %s "${lines[@]}" >"$out"
  [[ ${2-} != unread ]] || wait "$pid" || status=$?
  cat <&3 >>"$out"
  [[ ${2-} == unread ]] || wait "$pid" || status=$?
  pid=
  ended "$1" "$status" "what was started"
}

# -- what sha256sum prints --

mkdir -p tree/{empty,deep/er/and/deeper,.hidden} tree/$'new\nline' tree/'back\slash'
printf 'a' >tree/plain
printf 'b' >tree/deep/er/and/deeper/file
printf 'c' >tree/.hidden/.file
printf 'd' >tree/'  two spaces  '
printf 'e' >tree/$'new\nline'/$'\n'
printf 'f' >tree/'back\slash'/'\n'
printf 'g' >tree/$'return\r'
printf 'h' >tree/$'gr\xc3\xbc\xc3\x9fe'
printf 'i' >tree/$'not utf-8 \xff\xfe'
printf 'j' >tree/'*star'
printf 'k' >tree/-dash
printf 'l' >tree/'{} %s $HOME'
printf 'm' >tree/deep-er # sorts between deep and deep/er
: >tree/deep/empty_file
head -c 1000000 /dev/zero >tree/million
ln -s plain tree/link
ln -s nothing tree/dangling
ln -s ../deep tree/deep/loop
ln -s tree named
mkfifo tree/fifo

expect tree
(($(wc -l <"$expected") == 15)) || fail "the tree is not what it should be: $(<"$expected")"
for workers in 1 2 7; do
  run 0 tree --workers "$workers"
  same "with $workers workers"
  says 0
  sha256sum -c --quiet --strict "$out" || fail "sha256sum -c does not accept it"
done
for dir in tree/ tree// ./tree tree/deep . named "$PWD/tree"; do
  expect "$dir"
  run 0 "$dir"
  same "$dir"
done
run 0 tree/empty
[[ ! -s $out ]] || fail "an empty directory: $(<"$out")"
says 0

# -- more files than it looks ahead, and the first one takes longest --

mkdir many
truncate -s 128M many/0
for ((i = 10000; i < 13000; ++i)); do
  echo "$i" >"many/$i"
done
expect many
for workers in 1 7; do
  run 0 many --workers "$workers"
  same "3001 files with $workers workers"
done

# -- mistakes --

for mistake in "" "tree named" "--frobnicate" "tree --workers" "tree --workers 0" \
  "tree --workers 257" "tree --workers two"; do
  read -ra words <<<"$mistake"
  run 2 "${words[@]}"
  says 1 "checksums: "
  [[ ! -s $out ]] || fail "'$mistake' printed $(<"$out")"
done
run 1 nothing
says 1 "checksums: nothing: No such file or directory"
run 1 tree/plain
says 1 "checksums: tree/plain: Not a directory"
run 1 ""
says 1 "checksums: '': No such file or directory"
run 0 --help
says 0
[[ $(<"$out") == *--workers* ]] || fail "--help does not help"

# -- what cannot be read is named, and the rest is done --

mkdir -p locked/closed
printf 'a' >locked/first
printf 'b' >locked/$'mid\ndle'
printf 'c' >locked/last
printf 'd' >locked/closed/file
expect locked
grep -avE 'closed|mid' "$expected" >"$scratch/rest" && mv "$scratch/rest" "$expected"
chmod 000 locked/closed locked/$'mid\ndle'
without_privilege=()
((EUID != 0)) || without_privilege=(setpriv --bounding-set=-dac_override,-dac_read_search) # root reads all
if "${without_privilege[@]}" true && ! "${without_privilege[@]}" cat locked/closed/file 2>/dev/null; then
  status=0
  "${without_privilege[@]}" "$checksums" locked >"$out" 2>"$err" || status=$?
  ended 1 "$status" "with unreadable files, checksums"
  same "with unreadable files"
  says 2 "checksums: locked/closed: Permission denied"
  says 2 'checksums: locked/mid\ndle: Permission denied'
  status=0
  "${without_privilege[@]}" "$checksums" locked/closed >"$out" 2>"$err" || status=$?
  ended 1 "$status" "for an unreadable directory, checksums"
  says 1 "checksums: locked/closed: Permission denied"
else
  echo "SKIPPED: unreadable files (nothing is unreadable here)"
fi
chmod 700 locked/closed

# The pipe is full long before the last one is looked at.
cp -r many vanishing
start 1 vanishing
rm vanishing/12999
finish 1
says 1 "checksums: vanishing/12999: No such file or directory"
(($(wc -l <"$out") == 3000)) || fail "when a file vanished, $(wc -l <"$out") lines were printed"

# -- nobody takes the output --

# One worker is in the middle of something huge when the first line cannot be written.
mkdir huge
truncate -s 64M huge/0
truncate -s 200G huge/1
status=0
"$checksums" huge 2>"$err" >/dev/full || status=$?
ended 1 "$status" "on a full disk, checksums"
says 1 "cannot write to standard output: No space left on device"
status=0
"$checksums" --help 2>"$err" >/dev/full || status=$?
ended 1 "$status" "--help, on a full disk,"
says 1 "No space left on device"
status=0
"$checksums" many 2>"$err" >&- || status=$?
ended 1 "$status" "without standard output, checksums"
says 1 "cannot write to standard output: Bad file descriptor"
status=0
"$checksums" many 2>"$err" | head -n 1 >"$out" || status=${PIPESTATUS[0]}
ended 1 "$status" "into a closed pipe, checksums"
whole_lines 1
says 1 "cannot write to standard output: Broken pipe"
status=0
"$checksums" nothing 2>&- || status=$?
ended 1 "$status" "without standard error, checksums"

# -- Ctrl-C --

truncate -s 200G many/12500

# stopped_by SIGNAL STATUS [unread]: ends what was started, at once and in good order.
stopped_by() {
  local before=${EPOCHREALTIME/./}
  kill -s "$1" "$pid"
  finish "$2" "${3-}"
  ((${EPOCHREALTIME/./} - before < 2000000)) || fail "took too long to stop on SIG$1"
  whole_lines "${#lines[@]}"
  says 1 "checksums: interrupted; $(wc -l <"$out") of 3001 files done"
}

start 2501 many # the next one is huge
stopped_by INT 130
start 2501 many --workers 1
stopped_by TERM 143
start 1 many
sleep 0.5 # the pipe gets full
stopped_by INT 130 unread

# Whoever starts it may want it to ignore Ctrl-C.
how=(env --ignore-signal=INT)
start 1 many
kill -s INT "$pid"
stopped_by TERM 143

# -- the bar --

# on_terminal STDOUT ARG...: runs checksums on a terminal, but for stdout if that is a file; what
# passes through the terminal is in $screen.
screen=$scratch/screen
on_terminal() {
  local where=""
  [[ $1 == tty ]] || where=">$(printf %q "$1")"
  shift
  TERM=xterm script -qec "$(printf '%q ' "$checksums" "$@") $where" "$scratch/typescript" \
    </dev/null >/dev/null
  tr -d '\r' <"$scratch/typescript" | sed '1d' | sed '/^$/,$d' >"$screen"
}

truncate -s 128M many/12500
expect many
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
  on_terminal "$out" many
  same "beside a bar"
  grep -qaF '/3001 files' "$scratch/typescript" || fail "there is no bar"
  on_terminal tty many
  sed -E 's/.*\x1b\[K//' "$screen" >"$out" # what is left to be seen
  same "on the bar's own terminal"
else
  echo "SKIPPED: the bar (there is no pseudo-terminal to be had)"
fi

((failures == 0)) && echo "checksums answers as it should"
