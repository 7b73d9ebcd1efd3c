#!/bin/sh
# Starts three ./quorate server processes, drives them with etcdctl and ./quorate, kills the leader by its process id and
# goes on; then the killed one comes back, a fourth joins while the cluster works, and a member leaves.
#
#   cluster.sh                      exit code 0: all as it should be; 1: not, with what was seen; 77: there is no etcdctl
#
#   ETCDCTL                         where it is, when it is not on the PATH (Debian: etcd-client)
set -eu
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -P -- "$here/../../../.." && pwd)
: "${ETCDCTL:=etcdctl}"
export ETCDCTL_API=3
# Servers that start fast: this is no measurement.
: "${QUORATE_JAVA_OPTS:=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m}"
export QUORATE_JAVA_OPTS
if ! command -v "$ETCDCTL" > /dev/null 2>&1; then
    echo "cluster.sh: skipped: there is no etcdctl (Debian: apt-get install etcd-client)" >&2
    exit 77
fi

scratch=$(mktemp -d)
# Outside of the range that systems hand out.
port=23300
members="a=http://127.0.0.1:$((port + 1)),b=http://127.0.0.1:$((port + 2)),c=http://127.0.0.1:$((port + 3))"

client() { echo "127.0.0.1:$((port + 10 + $1))"; }
endpoints="$(client 1),$(client 2),$(client 3)"

stop() {
    for pid in "$scratch"/*.pid; do
        [ ! -e "$pid" ] || kill -9 "$(cat "$pid")" 2> /dev/null || true
    done
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 130' INT TERM

die() {
    echo "cluster.sh: $*" >&2
    tail -n 5 "$scratch"/*.out "$scratch"/*.err >&2 || true
    exit 1
}

# Starts the member with the name $1 and the number $2; what follows goes to the command line.
start() {
    name=$1
    number=$2
    shift 2
    "$root/quorate" server --name "$name" --data-dir "$scratch/$name" --log-level info \
        --listen-client-urls "http://$(client "$number")" --listen-peer-urls "http://127.0.0.1:$((port + number))" \
        "$@" > "$scratch/$name.out" 2> "$scratch/$name.err" < /dev/null &
    echo $! > "$scratch/$name.pid"
}

# Waits until the member $1 says that it is ready: the launcher may have to build.
await_ready() {
    tries=0
    until grep -q '^quorate ready on ' "$scratch/$1.out" 2> /dev/null; do
        tries=$((tries + 1))
        [ "$tries" -le 1800 ] && kill -0 "$(cat "$scratch/$1.pid")" 2> /dev/null || die "member $1 did not become ready"
        sleep 0.1
    done
}

# Runs a command again and again until it succeeds, for a minute.
eventually() {
    tries=0
    until "$@" > "$scratch/last" 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -le 120 ] || die "never came true: $*: $(cat "$scratch/last")"
        sleep 0.5
    done
}

expect() {
    got=$(cat)
    [ "$got" = "$1" ] || die "expected '$1', got '$got'"
}

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
    if "$root/quorate" status --endpoints "$(client "$number")" | grep -q ' leader '; then leader=$name; fi
done
[ -n "$leader" ] || die "nobody leads: $(cat "$scratch/status")"
kill -9 "$(cat "$scratch/$leader.pid")"
began=$(date +%s%N)
# A write that was sent on to a leader which is dead already may have happened, for all that anybody knows; this one may
# happen twice.
eventually "$root/quorate" put --endpoints "$endpoints" --command-timeout 20s after "the fall"
took=$((($(date +%s%N) - began) / 1000000))
"$root/quorate" get --endpoints "$endpoints" --print-value-only after | expect "the fall"
rest=
for name in a b c; do [ "$name" = "$leader" ] || rest="$rest${rest:+,}$(client "$(echo "$name" | tr abc 123)")"; done
"$ETCDCTL" --endpoints "$rest" put more "than that" | expect OK

# It comes back, and catches up.
start "$leader" "$(echo "$leader" | tr abc 123)" --initial-cluster "$members"
await_ready "$leader"
"$ETCDCTL" --endpoints "$(client "$(echo "$leader" | tr abc 123)")" get --print-value-only more | expect "than that"

# A fourth joins while the cluster works, and gets its vote by itself.
"$root/quorate" member add d --endpoints "$endpoints" --peer-urls "http://127.0.0.1:$((port + 4))" > "$scratch/added"
grep -q -- '--initial-cluster-state existing' "$scratch/added" || die "no word of how to start it: $(cat "$scratch/added")"
start d 4 --initial-cluster-state existing --initial-cluster "$members,d=http://127.0.0.1:$((port + 4))"
await_ready d
votes() { "$root/quorate" member list --endpoints "$(client 4)" | grep ' d ' | grep -q ' yes$'; }
eventually votes
"$ETCDCTL" --endpoints "$(client 4)" put from d | expect OK

# A leader is told to hand over, a member is removed and stops, the others stop when they are told to.
id=$("$root/quorate" member list --endpoints "$endpoints" | awk '$3 == "d" { print $1 }')
transferred() { "$root/quorate" move-leader "$id" --endpoints "$endpoints" | grep -q 'Leadership transferred'; }
eventually transferred
# The leader that is removed may be gone before its answer has arrived, and then nobody knows: look at the members.
removed() {
    "$root/quorate" member remove "$id" --endpoints "$endpoints" && return
    list=$("$root/quorate" member list --endpoints "$endpoints") || return
    [ "${list#*"$id"}" = "$list" ]
}
eventually removed
gone() { ! kill -0 "$(cat "$scratch/d.pid")" 2> /dev/null; }
eventually gone
rm "$scratch/d.pid"
"$ETCDCTL" --endpoints "$endpoints" get --print-value-only from | expect d
for name in a b c; do
    pid=$(cat "$scratch/$name.pid")
    kill "$pid"
    code=0
    wait "$pid" || code=$?
    [ "$code" -eq 0 ] || die "member $name ended with exit code $code"
    rm "$scratch/$name.pid"
done
echo "cluster.sh: three servers, a leader killed (the next write took $took ms), one back, one added, one removed"
