#!/bin/sh
# Compares ./quorate server with etcd: the same load from ./quorate bench on one and then on the other, round after
# round, the first of a round changing, so that a disturbance of the machine does not hit one of them alone. Both run
# with their defaults, which is an fsync before each acknowledgement, on 127.0.0.1, with their data on one disk.
#
#   etcd-compare.sh [--rounds N] [--nodes N] [--seconds N] [--clients N] [--connections N] [--dir DIR] [SCENARIO...]
#
#   --rounds N        how often each scenario is measured on each (default 3)
#   --nodes N         the servers of each cluster (default 1)
#   --seconds N       how long each measurement takes, after 2 s of warm-up (default 5; large-values: 300 calls)
#   --clients N       calls under way at a time (default 64)
#   --connections N   that carry them (default: one for each server)
#   --dir DIR         where the data goes; made, and removed in the end (default: a new one in target/)
#   ETCD              the etcd program (default: the one on the PATH, else Debian's, unpacked into target/)
#
# Prints a Markdown table for each scenario: medians of the rounds, in brackets the lowest and the highest. The servers
# live through all rounds, as servers do, and are loaded for ten seconds before the first. Ends only what it started.
set -eu
export LC_ALL=C.UTF-8
root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd)

rounds=3 nodes=1 seconds=5 clients=64 connections='' directory=''
say() {
    echo "etcd-compare.sh: $*" >&2
}
die() {
    say "$@"
    exit 1
}
number() {
    case $2 in
        '' | *[!0-9]* | 0*) die "$1 is '$2', must be a number above 0" ;;
    esac
}
while [ $# -gt 0 ]; do
    case $1 in
        --rounds | --nodes | --seconds | --clients | --connections | --dir)
            [ $# -ge 2 ] || die "$1 needs a value"
            [ "$1" = --dir ] || number "$1" "$2"
            case $1 in
                --rounds) rounds=$2 ;;
                --nodes) nodes=$2 ;;
                --seconds) seconds=$2 ;;
                --clients) clients=$2 ;;
                --connections) connections=$2 ;;
                --dir) directory=$2 ;;
            esac
            shift 2
            ;;
        --help)
            sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "$0"
            exit 0
            ;;
        -*) die "there is no option $1" ;;
        *) break ;;
    esac
done
[ $# -gt 0 ] || set -- put range-linearizable range-serializable mixed txn hot-keys large-values
[ "$nodes" -le 9 ] || die "--nodes is $nodes, must be at most 9"
[ -n "$connections" ] || connections=$nodes
command -v awk > /dev/null || die "awk is needed"

# --- the programs

if [ -z "${ETCD:-}" ]; then
    ETCD=$(command -v etcd || true)
    if [ -z "$ETCD" ]; then
        ETCD=$root/target/etcd-server/usr/bin/etcd
        [ -x "$ETCD" ] || "$root/.ci/fetch-package" etcd-server "$root/target/etcd-server" >&2
    fi
fi
[ -x "$ETCD" ] || die "there is no etcd: set ETCD, or on Debian: apt-get install etcd-server"
"$root/quorate" --version > /dev/null || die "quorate does not run"
if [ "$nodes" -gt 1 ] && ! "$root/quorate" server --help | grep -q -- --initial-cluster; then
    die "this ./quorate server is one node: --nodes must be 1"
fi

# --- starting and ending them

[ -n "$directory" ] || directory=$root/target/etcd-compare-$$
[ ! -e "$directory" ] || die "$directory exists"
mkdir -p "$directory"
pids=''
finish() {
    for pid in $pids; do
        kill "$pid" 2> /dev/null || true
    done
    for pid in $pids; do
        wait "$pid" 2> /dev/null || true
    done
    rm -rf "$directory"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# Ports outside of the range that systems hand out; node $2 of subject $1 has two.
port() {
    offset=$(($2 * 2 + $3))
    case $1 in
        quorate) echo $((23400 + offset)) ;;
        etcd) echo $((23500 + offset)) ;;
    esac
}

# Every node of subject $1 as NAME=URL of its peer port.
members() {
    list=
    i=1
    while [ "$i" -le "$nodes" ]; do
        list=$list${list:+,}n$i=http://127.0.0.1:$(port "$1" "$i" 1)
        i=$((i + 1))
    done
    echo "$list"
}

# The client ports of subject $1, as --endpoints takes them.
endpoints() {
    list=
    i=1
    while [ "$i" -le "$nodes" ]; do
        list=$list${list:+,}127.0.0.1:$(port "$1" "$i" 0)
        i=$((i + 1))
    done
    echo "$list"
}

# Starts node $2 of subject $1; its process is then $!.
start() {
    client=http://127.0.0.1:$(port "$1" "$2" 0)
    peer=http://127.0.0.1:$(port "$1" "$2" 1)
    home=$directory/$1-$2
    mkdir -p "$home"
    cluster="--name n$2 --listen-peer-urls $peer --initial-advertise-peer-urls $peer --initial-cluster $(members "$1")"
    case $1 in
        quorate)
            [ "$nodes" -gt 1 ] && cluster="$cluster --advertise-client-urls $client" || cluster=
            # shellcheck disable=SC2086
            "$root/quorate" server --data-dir "$home/data" --listen-client-urls "$client" $cluster \
                > "$home/out" 2> "$home/err" < /dev/null &
            ;;
        etcd)
            # shellcheck disable=SC2086
            "$ETCD" --data-dir "$home/data" --listen-client-urls "$client" --advertise-client-urls "$client" $cluster \
                --log-level error > "$home/out" 2> "$home/err" < /dev/null &
            ;;
    esac
}

# Waits until every node of subject $1 answers a linearizable read, for half a minute at most.
await() {
    i=1
    while [ "$i" -le "$nodes" ]; do
        tries=0
        until "$root/quorate" get ready --endpoints "127.0.0.1:$(port "$1" "$i" 0)" > /dev/null 2>&1; do
            tries=$((tries + 1))
            [ "$tries" -lt 60 ] || { cat "$directory/$1-$i/err" >&2; die "node $i of $1 does not serve"; }
            sleep 0.5
        done
        i=$((i + 1))
    done
}

for subject in quorate etcd; do
    i=1
    while [ "$i" -le "$nodes" ]; do
        start "$subject" "$i"
        pids="$pids $!"
        eval "${subject}_pids=\${${subject}_pids:-}\${${subject}_pids:+,}$!"
        i=$((i + 1))
    done
done
await quorate
await etcd

# --- measuring: one line of JSON for each turn

# Loads subject $1 with scenario $2; further options behind.
bench() {
    subject=$1
    scenario=$2
    shift 2
    eval "processes=\$${subject}_pids"
    # shellcheck disable=SC2154
    "$root/quorate" bench "$scenario" --endpoints "$(endpoints "$subject")" --server-pid "$processes" \
        --clients "$clients" --connections "$connections" -w json "$@"
}

results=$directory/results
: > "$results"
for subject in quorate etcd; do
    say "loading $subject for ten seconds before anything is measured"
    bench "$subject" mixed --duration 10s --warm-up 0s --no-verify > /dev/null 2>> "$directory/notes"
done
for scenario in "$@"; do
    round=1
    while [ "$round" -le "$rounds" ]; do
        [ $((round % 2)) -eq 1 ] && order='quorate etcd' || order='etcd quorate'
        for subject in $order; do
            # Both keep every version: so many large ones that neither runs into its limits.
            [ "$scenario" = large-values ] && bound='--total 300' || bound="--duration ${seconds}s"
            # shellcheck disable=SC2086
            line=$(bench "$subject" "$scenario" $bound 2>> "$directory/notes") || true
            if [ -z "$line" ]; then
                cat "$directory/notes" >&2
                die "$scenario on $subject could not be measured"
            fi
            printf '%s\t%s\n' "$subject" "$line" >> "$results"
            say "$scenario, round $round of $rounds: $subject done"
        done
        round=$((round + 1))
    done
done

# --- the tables

echo "$(nproc) processors, load $(cut -d ' ' -f 1-3 /proc/loadavg);" \
    "$("$root/quorate" --version), $("$ETCD" --version | head -n 1);" \
    "$nodes node(s) each, $clients clients on $connections connection(s), $rounds rounds of $seconds s"
awk -F '\t' '
    # The number behind "name": in an object of the line that begins with "object":{.
    function inside(line, object, name,    at) {
        at = index(line, "\"" object "\":{")
        if (at == 0) return ""
        line = substr(line, at)
        line = substr(line, 1, index(line, "}"))
        return number(line, name)
    }
    function number(line, name,    at) {
        at = index(line, "\"" name "\":")
        if (at == 0) return ""
        line = substr(line, at + length(name) + 3)
        match(line, /^-?[0-9.Ee+-]+/)
        return RLENGTH > 0 ? substr(line, 1, RLENGTH) + 0 : ""
    }
    function add(key, value) {
        if (value != "") { n[key]++; values[key, n[key]] = value + 0 }
    }
    function sorted(key,    i, j, held) {
        for (i = 2; i <= n[key]; i++) {
            held = values[key, i]
            for (j = i - 1; j >= 1 && values[key, j] > held; j--) values[key, j + 1] = values[key, j]
            values[key, j + 1] = held
        }
    }
    function median(key,    half) {
        half = int((n[key] + 1) / 2)
        return n[key] % 2 ? values[key, half] : (values[key, half] + values[key, half + 1]) / 2
    }
    function grouped(value,    text, out) {
        text = sprintf("%.0f", value)
        while (length(text) > 3) { out = "," substr(text, length(text) - 2) out; text = substr(text, 1, length(text) - 3) }
        return text out
    }
    function whole(key) {
        if (!n[key]) return "-"
        sorted(key)
        return grouped(median(key)) " (" grouped(values[key, 1]) " – " grouped(values[key, n[key]]) ")"
    }
    function millis(key) {
        if (!n[key]) return "-"
        sorted(key)
        return sprintf("%.2f ms", median(key) / 1000)
    }
    {
        line = $2
        match(line, /"scenario":"[^"]*"/)
        scenario = substr(line, RSTART + 12, RLENGTH - 13)
        if (!(scenario in known)) { known[scenario] = 1; order[++scenarios] = scenario }
        key = scenario SUBSEP $1 SUBSEP
        operations = inside(line, "all", "operations")
        add(key "rate", inside(line, "all", "perSecond"))
        add(key "p50", inside(line, "all", "p50"))
        add(key "p99", inside(line, "all", "p99"))
        add(key "p99.9", inside(line, "all", "p99.9"))
        add(key "cpu", number(line, "perServerCpuSecond"))
        if (operations > 0) add(key "bytes", number(line, "serverStorageBytes") / operations)
        failed[key] += inside(line, "all", "refused") + inside(line, "all", "unknown")
        lost[key] += inside(line, "verification", "missing") + inside(line, "verification", "wrong")
    }
    END {
        for (s = 1; s <= scenarios; s++) {
            print "\n**" order[s] "**\n"
            print "| server | op/s | p50 | p99 | p99.9 | op per CPU-s of the servers | bytes/op to storage | failed | lost |"
            print "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
            split("quorate etcd", subjects, " ")
            for (i = 1; i <= 2; i++) {
                key = order[s] SUBSEP subjects[i] SUBSEP
                print "| " subjects[i] " | " whole(key "rate") " | " millis(key "p50") " | " millis(key "p99") " | " \
                    millis(key "p99.9") " | " whole(key "cpu") " | " whole(key "bytes") " | " failed[key] + 0 " | " lost[key] + 0 " |"
            }
        }
    }' "$results"
