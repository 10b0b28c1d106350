#!/bin/bash
# The page of the admin address in a real browser: Chromium without a window, from the distribution.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

bash test/real/install.sh chromium:chromium openssl:openssl
npx tap --timeout=300 'test/real/page/*.test.ts'
