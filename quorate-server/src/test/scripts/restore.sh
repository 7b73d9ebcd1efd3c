#!/bin/sh
# Saves a snapshot of a ./quorate server process while it is written to, restores it as a server that is alone and as a
# cluster of three processes, compares everything that was acknowledged before, and writes on.
#
#   restore.sh                      exit code 0: all as it should be; 1: not, with what was seen
set -eu
port=23400
. "$(dirname -- "$0")/processes.sh"

records "$scratch/records" 1000 kept/
start source 9
await_ready source
source=$(client 9)
q import "$scratch/records" --endpoints "$source" > /dev/null
for round in 1 2 3; do q put changed "$round" --endpoints "$source" | expect OK; done
old=$(q get changed -w json --endpoints "$source" | sed 's/.*"create_revision"/"create_revision"/')
q export "$scratch/before" --prefix kept/ --endpoints "$source" > /dev/null

# The snapshot is taken in the middle of a load.
QUORATE_JAVA_OPTS="" "$quorate" bench put --prefix load/ --duration 10m --clients 20 --no-plot --dial-timeout 30s \
    --command-timeout 30s --endpoints "$source" > "$scratch/load" 2>&1 &
load=$!
echo "$load" > "$scratch/load.pid"
loaded() {
    kill -0 "$load" 2> /dev/null || { cat "$scratch/load" >&3; exit 1; }
    q get load/ --prefix --limit 1 --keys-only --endpoints "$source" | grep -q load/
}
exec 3>&2
eventually loaded
q snapshot save "$scratch/backup" --endpoints "$source" > "$scratch/saved" || die "not saved"
kill -0 "$load" 2> /dev/null || die "the load ended before the snapshot was taken"
slay load
"$quorate" snapshot verify "$scratch/backup" | grep -q 'is whole' || die "the snapshot is not whole"
slay source

# What must be there is there, at the server with the number $1.
look() {
    rm -f "$scratch/after"
    q export "$scratch/after" --prefix kept/ --endpoints "$(client "$1")" > /dev/null
    cmp -s "$scratch/before" "$scratch/after" || die "the restored records differ at $1"
    q get changed -w json --endpoints "$(client "$1")" | sed 's/.*"create_revision"/"create_revision"/' |
        expect "$old"
    q get load/ --prefix --limit 1 --keys-only --endpoints "$(client "$1")" | grep -q load/ ||
        die "nothing of the load at $1"
}

# Damaged: nothing is made. Twice to one place: what is there stays.
cp "$scratch/backup" "$scratch/damaged"
printf 'x' | dd of="$scratch/damaged" bs=1 seek=1000 conv=notrunc 2> /dev/null
! "$quorate" snapshot restore "$scratch/damaged" --data-dir "$scratch/bad" 2> "$scratch/refused" ||
    die "a damaged snapshot was restored"
grep -q 'is damaged' "$scratch/refused" || die "no word of the damage: $(cat "$scratch/refused")"
[ ! -e "$scratch/bad" ] || die "a damaged snapshot left a directory"

"$quorate" snapshot restore "$scratch/backup" --data-dir "$scratch/alone" --name alone \
    --initial-advertise-peer-urls "$(peer 8)" > /dev/null
start alone 8
await_ready alone
look 8
q put more "than that" --endpoints "$(client 8)" | expect OK
stop alone
! "$quorate" snapshot restore "$scratch/backup" --data-dir "$scratch/alone" 2> "$scratch/refused" ||
    die "a directory with data was restored to"
start alone 8
await_ready alone
q get more --print-value-only --endpoints "$(client 8)" | expect "than that"
slay alone

members="a=$(peer 1),b=$(peer 2),c=$(peer 3)"
for name in a b c; do
    "$quorate" snapshot restore "$scratch/backup" --data-dir "$scratch/$name" --name "$name" \
        --initial-cluster "$members" --initial-cluster-token second > "$scratch/$name.restored"
done
[ "$(sed 's/.*new cluster \([0-9a-f]*\).*/\1/' "$scratch"/?.restored | sort -u | wc -l)" -eq 1 ] ||
    die "not one cluster: $(cat "$scratch"/?.restored)"
start a 1
start b 2
start c 3
for name in a b c; do await_ready "$name"; done
for number in 1 2 3; do look "$number"; done
endpoints="$(client 1),$(client 2),$(client 3)"
q put after restore --endpoints "$(client 2)" | expect OK
q bench put --prefix more/ --duration 3s --clients 10 --no-plot --endpoints "$endpoints" \
    > "$scratch/load" 2>&1 || die "the restored cluster does not take writes: $(cat "$scratch/load")"

# A member that is killed comes back, and the others are no strangers to it.
slay a
eventually q put without a --endpoints "$(client 2),$(client 3)"
start a 1
await_ready a
look 1
q get without --print-value-only --endpoints "$(client 1)" | expect a
for name in a b c; do stop "$name"; done
echo "restore.sh: $(sed 's/ saved at.*(\([^,]*\).*/, \1/' "$scratch/saved"), restored alone and as three, and written on"
