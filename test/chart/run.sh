#!/bin/bash
# The Helm chart: by helm, helm-docs, kube-score, and kubernetes-validate, which has the schemas of Kubernetes in itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source test/chart/tools.sh helm helm-docs kube-score

schemas=$PWD/node_modules/.cache/kubernetes-validate
if [[ ! -e $schemas/complete ]]; then
  python3 -m venv "$schemas"
  "$schemas/bin/python" -m pip install --quiet --disable-pip-version-check kubernetes-validate==1.37.0
  touch "$schemas/complete"
fi
export PATH="$PATH:$schemas/bin"

npx tap --timeout=300 'test/chart/**/*.test.ts'
