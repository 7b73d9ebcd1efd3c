#!/bin/sh
# Starts three ./quorate server processes, drives them with etcdctl and ./quorate, kills the leader by its process id and
# goes on; then the killed one comes back, a fourth joins while the cluster works, and a member leaves.
#
#   cluster.sh                      exit code 0: all as it should be; 1: not, with what was seen; 77: there is no etcdctl
#
#   ETCDCTL                         where it is, when it is not on the PATH (Debian: etcd-client)
set -eu
: "${ETCDCTL:=etcdctl}"
export ETCDCTL_API=3
if ! command -v "$ETCDCTL" > /dev/null 2>&1; then
    echo "cluster.sh: skipped: there is no etcdctl (Debian: apt-get install etcd-client)" >&2
    exit 77
fi
port=23300
. "$(dirname -- "$0")/processes.sh"
members="a=$(peer 1),b=$(peer 2),c=$(peer 3)"
endpoints="$(client 1),$(client 2),$(client 3)"

start a 1 --initial-cluster "$members"
start b 2 --initial-cluster "$members"
start c 3 --initial-cluster "$members"
for name in a b c; do await_ready "$name"; done

# Every member takes every call.
for number in 1 2 3; do
    "$ETCDCTL" --endpoints "$(client "$number")" put "key$number" "value$number" | expect OK
done
for number in 1 2 3; do
    "$ETCDCTL" --endpoints "$(client "$number")" get --print-value-only --prefix key | expect "value1
value2
value3"
done
names_are_told() { [ "$("$ETCDCTL" --endpoints "$endpoints" member list | grep -c ', started, [abc], http')" = 3 ]; }
eventually names_are_told
"$ETCDCTL" --endpoints "$endpoints" endpoint health 2>&1 | grep -c 'is healthy' | expect 3
"$ETCDCTL" --endpoints "$endpoints" endpoint status > "$scratch/status"

# The leader is killed; the rest goes on.
leader=
for name in a b c; do
    number=$(echo "$name" | tr abc 123)
    if "$quorate" status --endpoints "$(client "$number")" | grep -q ' leader '; then leader=$name; fi
done
[ -n "$leader" ] || die "nobody leads: $(cat "$scratch/status")"
slay "$leader"
began=$(date +%s%N)
# A write that was sent on to a leader which is dead already may have happened, for all that anybody knows; this one may
# happen twice.
eventually "$quorate" put --endpoints "$endpoints" --command-timeout 20s after "the fall"
took=$((($(date +%s%N) - began) / 1000000))
"$quorate" get --endpoints "$endpoints" --print-value-only after | expect "the fall"
rest=
for name in a b c; do [ "$name" = "$leader" ] || rest="$rest${rest:+,}$(client "$(echo "$name" | tr abc 123)")"; done
"$ETCDCTL" --endpoints "$rest" put more "than that" | expect OK

# It comes back, and catches up.
start "$leader" "$(echo "$leader" | tr abc 123)" --initial-cluster "$members"
await_ready "$leader"
"$ETCDCTL" --endpoints "$(client "$(echo "$leader" | tr abc 123)")" get --print-value-only more | expect "than that"

# A fourth joins while the cluster works, and gets its vote by itself.
"$quorate" member add d --endpoints "$endpoints" --peer-urls "$(peer 4)" > "$scratch/added"
grep -q -- '--initial-cluster-state existing' "$scratch/added" || die "no word of how to start it: $(cat "$scratch/added")"
start d 4 --initial-cluster-state existing --initial-cluster "$members,d=$(peer 4)"
await_ready d
votes() { "$quorate" member list --endpoints "$(client 4)" | grep ' d ' | grep -q ' yes$'; }
eventually votes
"$ETCDCTL" --endpoints "$(client 4)" put from d | expect OK

# A leader is told to hand over, a member is removed and stops, the others stop when they are told to.
id=$("$quorate" member list --endpoints "$endpoints" | awk '$3 == "d" { print $1 }')
transferred() { "$quorate" move-leader "$id" --endpoints "$endpoints" | grep -q 'Leadership transferred'; }
eventually transferred
"$quorate" member remove "$id" --endpoints "$endpoints" --command-timeout 30s > "$scratch/removed"
gone() { ! kill -0 "$(cat "$scratch/d.pid")" 2> /dev/null; }
eventually gone
rm "$scratch/d.pid"
"$ETCDCTL" --endpoints "$endpoints" get --print-value-only from | expect d
for name in a b c; do stop "$name"; done
echo "cluster.sh: three servers, a leader killed (the next write took $took ms), one back, one added, one removed"
