#!/bin/sh
# Runs a session with etcdctl against ./quorate server and compares every answer with what etcd itself answered.
#
#   etcdctl.sh                      exit code 0: the same; 1: a difference, shown; 77: skipped, there is no etcdctl
#   etcdctl.sh --record             writes etcdctl-session.expected anew, from a real etcd that it starts (needs etcd)
#
#   ETCDCTL, ETCD                   where they are, when they are not on the PATH (Debian: etcd-client, etcd-server)
set -eu
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -P -- "$here/../../../.." && pwd)
: "${ETCDCTL:=etcdctl}" "${ETCD:=etcd}"
export ETCDCTL
if ! command -v "$ETCDCTL" > /dev/null 2>&1; then
    echo "etcdctl.sh: skipped: there is no etcdctl (Debian: apt-get install etcd-client)" >&2
    exit 77
fi

scratch=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then
        kill "$server" 2> /dev/null || true
        wait "$server" 2> /dev/null || true
    fi
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 130' INT TERM

# Waits until the file $1 has a line that matches $2, for at most a minute and a half: the launcher may have to build.
await_line() {
    tries=0
    until grep -q "$2" "$1" 2> /dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 900 ] || ! kill -0 "$server" 2> /dev/null; then
            echo "etcdctl.sh: the server did not start:" >&2
            cat "$scratch/out" "$scratch/err" >&2
            exit 1
        fi
        sleep 0.1
    done
}

if [ "${1:-}" = --record ]; then
    # etcd takes no port 0 for its clients; these are outside of the range that systems hand out.
    "$ETCD" --data-dir "$scratch/data" --log-level warn \
        --listen-client-urls http://127.0.0.1:23179 --advertise-client-urls http://127.0.0.1:23179 \
        --listen-peer-urls http://127.0.0.1:23180 --initial-advertise-peer-urls http://127.0.0.1:23180 \
        --initial-cluster default=http://127.0.0.1:23180 > "$scratch/out" 2> "$scratch/err" &
    server=$!
    tries=0
    until ETCDCTL_API=3 "$ETCDCTL" --endpoints 127.0.0.1:23179 endpoint health > /dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || { cat "$scratch/err" >&2; exit 1; }
        sleep 0.1
    done
    ETCDCTL_ENDPOINTS=127.0.0.1:23179 sh "$here/etcdctl-session.sh" > "$here/etcdctl-session.expected"
    echo "etcdctl.sh: recorded $(wc -l < "$here/etcdctl-session.expected") lines"
    exit 0
fi

"$root/quorate" server --data-dir "$scratch/data" --listen-client-urls http://127.0.0.1:0 \
    > "$scratch/out" 2> "$scratch/err" < /dev/null &
server=$!
await_line "$scratch/out" '^quorate ready on '
endpoint=$(sed -n 's|^quorate ready on http://\([^,]*\),.*$|\1|p' "$scratch/out")

ETCDCTL_ENDPOINTS=$endpoint sh "$here/etcdctl-session.sh" > "$scratch/answers"
if ! diff -u "$here/etcdctl-session.expected" "$scratch/answers"; then
    echo "etcdctl.sh: the answers differ from etcd's" >&2
    exit 1
fi
ETCDCTL_API=3 "$ETCDCTL" --endpoints "$endpoint" endpoint health > /dev/null 2>&1 \
    || { echo "etcdctl.sh: endpoint health failed" >&2; exit 1; }
ETCDCTL_API=3 "$ETCDCTL" --endpoints "$endpoint" snapshot save "$scratch/snapshot" > "$scratch/saved" 2>&1 \
    || { echo "etcdctl.sh: snapshot save failed:" >&2; cat "$scratch/saved" >&2; exit 1; }
[ -s "$scratch/snapshot" ] || { echo "etcdctl.sh: snapshot save wrote nothing" >&2; exit 1; }

kill "$server"
code=0
wait "$server" || code=$?
server=
[ "$code" -eq 0 ] || { echo "etcdctl.sh: the server ended with exit code $code" >&2; exit 1; }
echo "etcdctl.sh: $(grep -c '^\$' "$here/etcdctl-session.expected") commands, all answered as etcd answers"
