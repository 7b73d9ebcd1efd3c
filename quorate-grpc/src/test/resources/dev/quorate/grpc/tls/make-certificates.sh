#!/usr/bin/env bash
# Makes the certificates of the tests; they are valid for a hundred years and protect nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
days=36500

authority() { # name
    openssl ecparam -name prime256v1 -genkey -noout -out "$1.key.tmp"
    openssl req -x509 -new -key "$1.key.tmp" -days $days -subj "/CN=$1" -out "$1.pem"
}

signed() { # name authority extensions days, key in $1.key
    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr.tmp"
    openssl x509 -req -in "$1.csr.tmp" -CA "$2.pem" -CAkey "$2.key.tmp" -CAcreateserial -days "${4:-$days}" \
        -extfile <(printf '%b' "$3") -out "$1.pem"
}

both='extendedKeyUsage=serverAuth,clientAuth\n'
here='subjectAltName=IP:127.0.0.1,DNS:localhost\n'
member="$here$both"

authority authority
authority other-authority
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out node.key             # PKCS#8
signed node authority "$member"
openssl ecparam -name prime256v1 -genkey -noout -out renewed.key                         # SEC 1
signed renewed authority "$member"
openssl genrsa -traditional -out rsa.key 2048                                            # PKCS#1
signed rsa authority "$member"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out elsewhere.key
signed elsewhere authority "subjectAltName=DNS:elsewhere.example\n$both"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out stranger.key
signed stranger other-authority "$member"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out client.key
signed client authority "${here}extendedKeyUsage=clientAuth\n"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out unmarked.key
signed unmarked authority "$here"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out expired.key
signed expired authority "$member" -1
openssl genpkey -algorithm ED25519 -out edwards.key
signed edwards authority "$member"
rm -f ./*.tmp ./*.srl
