#!/bin/sh
# Three ./quorate server processes; two are killed in the middle of writes and wiped. The third begins a new cluster with
# --force-new-cluster, holds every write that was acknowledged, refuses a former member that comes back, and grows to
# three again.
#
#   disaster.sh                     exit code 0: all as it should be; 1: not, with what was seen
set -eu
port=23500
. "$(dirname -- "$0")/processes.sh"

members="a=$(peer 1),b=$(peer 2),c=$(peer 3)"
for name in a b c; do start "$name" "$(echo "$name" | tr abc 123)" --initial-cluster "$members"; done
for name in a b c; do await_ready "$name"; done
endpoints="$(client 1),$(client 2),$(client 3)"
records "$scratch/records" 2000 kept/
q import "$scratch/records" --endpoints "$endpoints" > /dev/null
# c is to survive, and has to have what was acknowledged: it is asked for it.
q export "$scratch/before" --prefix kept/ --endpoints "$(client 3)" > /dev/null
[ "$(wc -l < "$scratch/before")" -eq 2000 ] || die "c does not have all records"
old=$(sed -n 's/.*of cluster \([0-9a-f]*\).*/\1/p' "$scratch/c.out" | head -n 1)

slay a
slay b
cp -R "$scratch/b" "$scratch/old-b"
rm -r "$scratch/a" "$scratch/b"
! q put lost quorum --command-timeout 3s --endpoints "$(client 3)" 2> /dev/null || die "one of three took a write"
slay c

# Without data nothing is made; with data, a new cluster of one.
if "$quorate" server --name x --data-dir "$scratch/nothing" --force-new-cluster \
    --listen-client-urls "http://$(client 9)" > /dev/null 2> "$scratch/refused"; then
    die "a new cluster was forced out of nothing"
fi
grep -q 'no data of Quorate' "$scratch/refused" || die "not the reason: $(cat "$scratch/refused")"
start c 3 --force-new-cluster
await_ready c
grep -q 'this node is the only member of a NEW CLUSTER now' "$scratch/c.err" || die "no warning: $(cat "$scratch/c.err")"
new=$(sed -n 's/.*of cluster \([0-9a-f]*\).*/\1/p' "$scratch/c.out" | head -n 1)
[ -n "$new" ] && [ "$new" != "$old" ] || die "the cluster is still $old"
look() {
    rm -f "$scratch/after"
    q export "$scratch/after" --prefix kept/ --endpoints "$(client "$1")" > /dev/null
    cmp -s "$scratch/before" "$scratch/after" || die "acknowledged writes are gone at $1"
}
look 3
q put after "the fall" --endpoints "$(client 3)" | expect OK
[ "$(q member list --endpoints "$(client 3)" | tail -n +2 | wc -l)" -eq 1 ] || die "c is not the only member"

# Once more with the option: nothing happens, and it says so. Then without.
stop c
start c 3 --force-new-cluster
await_ready c
grep -q 'it was obeyed at an earlier start' "$scratch/c.err" || die "no word of it: $(cat "$scratch/c.err")"
[ "$(sed -n 's/.*of cluster \([0-9a-f]*\).*/\1/p' "$scratch/c.out" | head -n 1)" = "$new" ] || die "another cluster"
stop c
start c 3
await_ready c
q get after --print-value-only --endpoints "$(client 3)" | expect "the fall"

# A former member with its old data is a stranger, and changes nothing.
mv "$scratch/old-b" "$scratch/b"
start b 2 --initial-cluster "$members"
refused() { grep -q 'peer refused' "$scratch/b.err" || grep -q 'peer refused' "$scratch/c.err"; }
eventually refused
q put still there --endpoints "$(client 3)" | expect OK
slay b
rm -r "$scratch/b"

# Two new members.
join() {
    q member add "$1" --endpoints "$(client 3)" --peer-urls "$(peer "$2")" > "$scratch/added"
    start "$1" "$2" --initial-cluster-state existing --initial-cluster "$3"
    await_ready "$1"
    voter=$1
    votes() { q member list --endpoints "$(client 3)" | grep " $voter " | grep -q ' yes$'; }
    eventually votes
}
join d 1 "c=$(peer 3),d=$(peer 1)"
join e 2 "c=$(peer 3),d=$(peer 1),e=$(peer 2)"
for number in 1 2; do look "$number"; done
slay c
eventually q put without c --endpoints "$(client 1),$(client 2)"
start c 3
await_ready c
look 3
q get without --print-value-only --endpoints "$(client 3)" | expect c
for name in c d e; do stop "$name"; done
echo "disaster.sh: two of three wiped, a new cluster $new of the third with all it held, and grown to three again"
