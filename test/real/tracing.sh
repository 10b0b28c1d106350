#!/bin/bash
# Spans of the built program at a real OpenTelemetry collector, on this machine. The collector is built from Go modules into
# node_modules/.cache, which takes minutes the first time. Environment: COLLECTOR (one of your own, with the receiver otlp and
# the exporter debug).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ -z ${COLLECTOR:-} ]]; then
  sum=$(cat test/real/collector/go.{mod,sum} test/real/collector/main.go | sha256sum | cut -c1-16)
  COLLECTOR=$PWD/node_modules/.cache/collector-$sum
  if [[ ! -x $COLLECTOR ]]; then
    echo 'building the collector'
    (cd test/real/collector && go build -trimpath -o "$COLLECTOR" .)
  fi
fi
npm run --silent build
COLLECTOR=$COLLECTOR npx tap --disable-coverage --timeout=150 test/real/tracing.test.ts
