#!/usr/bin/env bash
# An editor talks to `mandi lsp` over standard input and output, with and without data.
set -uo pipefail
cd "$(dirname "$0")/../.."
source scripts/cli/checks.sh
export LC_ALL=C.UTF-8
export XDG_CACHE_HOME=$scratch/cache

data=$scratch/data
run sample --rows 2000 --seed 3 --out "$scratch/files"
run import --data "$data" --channel shopify "$scratch/files"/shopify/*
expect_code 0 "there is a store to ask"

talk() { # ARGUMENTS…: plays scripts/cli/lsp_client.py against `mandi lsp ARGUMENTS…`
  code=0
  timeout 120 python3 scripts/cli/lsp_client.py "$mandi" lsp "$@" \
    >"$scratch/out" 2>"$scratch/err" || code=$?
}

talk --data "$data"
expect_code 0 "a conversation with data goes as it should"
expect_out '^members: .*shopify' "members of a dimension come from the store"
expect_out '^definition: file://.*/mandi/commerce\.yaml' "a metric leads into the model's file"
expect_out '^exit code: 0$' "shutdown and exit end with 0"

cat >"$scratch/own.yaml" <<'YAML'
mandi: 1
metrics:
  own_orders: {expr: orders, label: Own orders}
YAML
talk --model "$scratch/own.yaml" --data "$scratch/nowhere"
expect_code 0 "a conversation without data goes as it should"
expect_out '^members: $' "without data there are no members"
expect_out '^own: own_orders$' "names of the own model are offered"

printf 'Content-Length: 5\r\n\r\n{"a":' | timeout 20 "$mandi" lsp >"$scratch/out" 2>"$scratch/err"
code=$?
expect_code 1 "an editor that goes away without exit is a failure"
expect_out '"code":-32700' "a broken message is answered"

printf 'no header\r\n\r\nContent-Length: 33\r\n\r\n{"jsonrpc":"2.0","method":"exit"}' \
  | timeout 20 "$mandi" lsp >"$scratch/out" 2>"$scratch/err"
code=$?
expect_code 1 "exit without shutdown is a failure"
expect_out '"code":-32700' "a broken header is answered, and the next message is read"

head -c 100000 /dev/urandom | timeout 20 "$mandi" lsp >"$scratch/out" 2>"$scratch/err"
code=$?
expect_code 1 "noise does no harm"

run lsp --model "$scratch/nothing.yaml"
expect_code 4 "a model that cannot be read is said"
expect_err 'nothing\.yaml' "with its name"
printf 'mandi: 1\nmetrics:\n  x: {expr: nothing}\n' >"$scratch/wrong.yaml"
run lsp --model "$scratch/wrong.yaml"
expect_code 1 "a model with mistakes is refused"

finish "the language server"
