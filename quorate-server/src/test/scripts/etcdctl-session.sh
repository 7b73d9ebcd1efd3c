#!/bin/sh
# A session with etcdctl: put, get, del, txn, ranges, revisions, compaction and their errors. Prints each command, what
# it answered and its exit code, with the numbers that differ between two clusters replaced, so that the sessions of two
# servers can be compared line by line.
#
#   ETCDCTL             the client, etcdctl if not set
#   ETCDCTL_ENDPOINTS   the server, which must be empty
set -u
export ETCDCTL_API=3
: "${ETCDCTL:=etcdctl}" "${ETCDCTL_ENDPOINTS:?}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Runs one command; standard input is what was piped in. What etcdctl logs about its own retries is no answer.
run() {
    echo "\$ $*"
    code=0
    "$ETCDCTL" "$@" > "$scratch/out" 2> "$scratch/err" || code=$?
    sed 's/"cluster_id":[0-9]*/"cluster_id":C/g; s/"member_id":[0-9]*/"member_id":M/g; s/"raft_term":[0-9]*/"raft_term":T/g' "$scratch/out"
    grep -v '^{"level"' "$scratch/err"
    [ "$code" -eq 0 ] || echo "exit code $code"
}

txn() {
    printf '%b' "$1" | sed 's/^/> /'
    printf '%b' "$1" | run txn
}

# --- put and get
run put planet earth
run get planet
run put planet mars --prev-kv
run get planet -w json
run put planet venus --prev-kv -w json
run get planet --print-value-only
run get planet --keys-only
run get nothing
run get nothing -w json
printf 'from\nstandard input' | run put lines
run get lines
run put empty ''
run get empty -w json
run put '' value
run get ''

# --- ignore value, ignore lease, leases that do not exist
run put planet --ignore-value -w json
run put nothing --ignore-value
run put planet pluto --ignore-value
run put planet earth --ignore-lease
run put nothing earth --ignore-lease
run put planet earth --lease=123456

# --- del
run del planet --prev-kv
run del planet
run del planet -w json
run put planet earth -w json
run get planet -w json

# --- ranges
for key in a aa ab abc b c; do run put "$key" "value of $key"; done
run get a b
run get a --prefix
run get a --prefix --limit 2 -w json
run get b --from-key
run get --prefix '' --keys-only
run get --from-key '' --keys-only
run get c a
run put c 'a newer value'
run get --prefix '' --sort-by=VERSION --order=DESCEND --keys-only
run get --prefix '' --sort-by=CREATE --order=DESCEND --keys-only
run get --prefix '' --sort-by=MODIFY --keys-only
run get --prefix '' --sort-by=VALUE --order=ASCEND --keys-only
run get --prefix '' --sort-by=KEY --order=DESCEND --limit 3 --keys-only
run get a --prefix --consistency=s
run get c --rev 18
run get c --rev 1 -w json
run get c --rev 1000
run del a --prefix --prev-kv
run del b c -w json
run get --prefix '' -w json

# --- transactions
txn 'value("c") = "a newer value"\n\nput c "next"\nget c\ndel lines\n\nput c "wrong"\n\n'
txn 'value("c") = "a newer value"\n\nput c "wrong"\n\nput d "else"\nget c\n\n'
txn 'version("missing") = "0"\n\nput missing "now there"\n\n\n'
txn 'version("c") > "2"\nmod("c") > "1"\ncreate("c") < "100"\n\nget c\n\n\n'
txn 'value("none") = ""\n\nget c\n\nget d\n\n'
txn 'create("none") = "0"\nmod("none") < "1"\n\nget c\n\nget d\n\n'
txn '\nput twice "1"\nput twice "2"\n\n\n'
txn '\nput twice "1"\ndel twice\n\n\n'
txn '\ndel twice\nput twice "1"\n\n\n'
txn '\nput x/1 "1"\ndel x/ --prefix\n\n\n'
txn '\nput x/1 "1"\nput x/2 "2"\nget x/ --prefix\n\n\n'
txn '\ndel x/ --prefix\ndel x/1\nget x/ --prefix\n\n\n'
txn '\nput "" "1"\n\n\n'
txn 'value("") = "1"\n\nput a "1"\n\n\n'
printf '\nput y "1"\nget y\ndel y2\n\n\n' | run txn -w json
printf 'version("y") = "7"\n\nput y "1"\n\nget nothing\n\n' | run txn -w json
run get --prefix '' -w json

# --- compaction
run compaction 20
run get y --rev 19
run get c --rev 20
run compaction 20
run compaction 5
run compaction 1000
run compaction 21 --physical
run get --prefix '' --rev 21 --keys-only
run compaction 22 -w json
