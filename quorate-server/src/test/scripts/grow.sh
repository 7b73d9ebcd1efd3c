#!/bin/sh
# One ./quorate server process with TLS grows to three while it is written to without a pause: no write fails, none that
# was acknowledged is lost. A client without a certificate is refused.
#
#   grow.sh                         exit code 0: all as it should be; 1: not, with what was seen
set -eu
port=23600
. "$(dirname -- "$0")/processes.sh"
scheme=https

"$quorate" certs "$scratch/certs" --hosts localhost,127.0.0.1 > /dev/null
# Runs a command of a client that shows its certificate.
t() { q "$@" --cacert "$scratch/certs/ca.pem" --cert "$scratch/certs/client.pem" --key "$scratch/certs/client.key"; }
# Starts a member with the certificates in the directory $1.
launch() {
    certs=$1
    shift
    start "$@" --cert-file "$certs/server.pem" --key-file "$certs/server.key" --trusted-ca-file "$certs/ca.pem" \
        --client-cert-auth --peer-cert-file "$certs/server.pem" --peer-key-file "$certs/server.key" \
        --peer-trusted-ca-file "$certs/ca.pem"
}
at() { echo "https://$(client "$1")"; }

launch "$scratch/certs" a 1
await_ready a
t put first write --endpoints "$(at 1)" | expect OK
! q put without certificate --command-timeout 3s --cacert "$scratch/certs/ca.pem" --endpoints "$(at 1)" \
    2> "$scratch/refused" || die "a client without a certificate was served"

t bench put --prefix load/ --clients 8 --rate 40 --duration 150s --no-plot -w json --endpoints "$(at 1)" \
    > "$scratch/load" 2> "$scratch/load.err" &
load=$!
members="a=$(peer 1)"
for name in b c; do
    number=$(echo "$name" | tr bc 23)
    t member add "$name" --learner --peer-urls "$(peer "$number")" --endpoints "$(at 1)" > "$scratch/added"
    id=$(t member list --endpoints "$(at 1)" | awk -v url="$(peer "$number")" 'index($0, url) { print $1 }')
    members="$members,$name=$(peer "$number")"
    launch "$scratch/certs" "$name" "$number" --initial-cluster-state existing --initial-cluster "$members"
    await_ready "$name"
    eventually t member promote "$id" --endpoints "$(at 1)"
done
kill -0 "$load" 2> /dev/null || die "the load ended before the cluster had grown"
wait "$load" || die "acknowledged writes are lost: $(cat "$scratch/load" "$scratch/load.err")"
for part in '"failures":\[\]' '"warmUpFailures":0' '"missing":0' '"wrong":0'; do
    tr -d ' \n' < "$scratch/load" | grep -q "$part" || die "no $part in $(cat "$scratch/load")"
done
[ "$(t member list --endpoints "$(at 3)" | grep -c ' yes$')" -eq 3 ] || die "not three voters"

# Of three one may go.
slay a
eventually t put without a --endpoints "$(at 2),$(at 3)"
launch "$scratch/certs" a 1
await_ready a
t get without --print-value-only --endpoints "$(at 1)" | expect a

for name in a b c; do stop "$name"; done
echo "grow.sh: one member with TLS grew to three under load, and no write failed"
