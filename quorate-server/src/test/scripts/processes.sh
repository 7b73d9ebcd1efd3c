# What the scripts share that test real processes: sourced by them, with $port set to the first of their ports, which are
# outside of the range that systems hand out. The member with the number n serves clients at $port + 10 + n, and members
# at $port + n. Everything is below $scratch, which is removed in the end, after all processes were killed by their ids.

script=$(basename -- "$0")
root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/../../../.." && pwd)
quorate=$root/quorate
# Servers that start fast: this is no measurement.
: "${QUORATE_JAVA_OPTS:=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m}"
export QUORATE_JAVA_OPTS
scratch=$(mktemp -d)
scheme=http

client() { echo "127.0.0.1:$((port + 10 + $1))"; }
peer() { echo "$scheme://127.0.0.1:$((port + $1))"; }

stop_all() {
    for pid in "$scratch"/*.pid; do
        [ ! -e "$pid" ] || kill -9 "$(cat "$pid")" 2> /dev/null || true
    done
    rm -rf "$scratch"
}
trap stop_all EXIT
trap 'exit 130' INT TERM

die() {
    echo "$script: $*" >&2
    tail -n 5 "$scratch"/*.out "$scratch"/*.err >&2 || true
    exit 1
}

# Starts the member with the name $1 and the number $2; what follows goes to the command line.
start() {
    name=$1
    number=$2
    shift 2
    : > "$scratch/$name.out"
    "$quorate" server --name "$name" --data-dir "$scratch/$name" --log-level info \
        --listen-client-urls "$scheme://$(client "$number")" --listen-peer-urls "$(peer "$number")" \
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

# Runs a command of a client, with the patience that a busy machine needs.
q() { QUORATE_JAVA_OPTS="" "$quorate" "$@" --dial-timeout 30s --command-timeout 30s; }

# Tells the member $1 to stop, and waits for the end of its process, which must be an orderly one.
stop() {
    pid=$(cat "$scratch/$1.pid")
    kill "$pid"
    code=0
    wait "$pid" || code=$?
    [ "$code" -eq 0 ] || die "member $1 ended with exit code $code"
    rm "$scratch/$1.pid"
}

# Kills the member $1, and waits until it is gone.
slay() {
    pid=$(cat "$scratch/$1.pid")
    kill -9 "$pid"
    wait "$pid" 2> /dev/null || true
    rm "$scratch/$1.pid"
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

# Writes $2 records to the file $1, whose keys begin with $3.
records() {
    awk -v n="$2" -v prefix="$3" 'BEGIN {
        for (i = 0; i < n; i++) printf "{\"key\":\"%s%06d\",\"value\":\"value of %d\"}\n", prefix, i, i
    }' > "$1"
}
