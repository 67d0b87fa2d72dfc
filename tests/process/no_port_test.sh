#!/usr/bin/env bash
# A pool of processes opens no port, neither here nor in its workers: while it works, none of their sockets is one of those
# that `ss -ltu` would show. When it has ended, `ps` would show none of its processes, not even as a zombie.
#
#   no_port_test.sh EXIT-PROGRAM
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/checks.sh"

# family SESSION: the processes of a session, that is of a program that was started with setsid, and of its workers.
family() {
  local file line fields
  for file in /proc/[0-9]*/stat; do
    { read -r line <"$file"; } 2>/dev/null || continue # it has ended meanwhile
    read -ra fields <<<"${line##*) }"
    [[ ${fields[3]} == "$1" ]] && basename "$(dirname "$file")"
  done
}

# sockets PROCESS...: the numbers of their sockets.
sockets() {
  local process
  for process; do
    find "/proc/$process/fd" -lname 'socket:*' -printf '%l\n'
  done | tr -dc '0-9\n'
}

# ports: the numbers of all sockets with a port, and what is known of them. (Without IPv6 there are only two of the files.)
ports() {
  awk 'FNR > 1 { print $10, FILENAME, $2 }' /proc/net/{tcp,tcp6,udp,udp6} 2>/dev/null
}

mkfifo "$scratch/in"
: >"$scratch/out"
setsid "$1" work <"$scratch/in" >"$scratch/out" 2>&1 &
program=$!
exec 3>"$scratch/in" # what it waits for is that we close this
for ((tries = 0; tries < 1000; ++tries)); do
  [[ -s $scratch/out ]] && break
  sleep 0.01
done

mapfile -t all < <(family "$program")
((${#all[@]} == 3)) || fail "one program with two workers has the processes ${all[*]}"
sockets "${all[@]}" | sort -u >"$scratch/sockets"
(($(wc -l <"$scratch/sockets") == 8)) || fail "two workers, two ways to each, two ends: these are $(paste -sd' ' "$scratch/sockets")"
open=$(ports | sort | join "$scratch/sockets" -)
[[ -z $open ]] || fail "there is a port: $open"

exec 3>&-
wait "$program" || fail "exits with $?: $(<"$scratch/out")"
left=$(family "$program" | paste -sd' ')
[[ -z $left ]] || fail "left are $left"

[[ $failures == 0 ]] && echo "no port, and nothing is left"
exit $((failures > 0))
