#!/bin/bash
# An upgrade of the chart's Deployment under load, with its pods as processes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source test/chart/tools.sh helm

# Its comments say how much was asked.
npx tap --timeout=600 --reporter=tap 'test/upgrade/**/*.test.ts'
