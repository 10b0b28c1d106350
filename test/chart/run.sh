#!/bin/bash
# The Helm chart: by helm, helm-docs and kube-score, built from Go where they are not on PATH yet (five minutes with an empty
# build cache), and by kubernetes-validate, which has the schemas of Kubernetes in itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tools=(
  helm:helm.sh/helm/v4/cmd/helm@v4.3.1
  helm-docs:github.com/norwoodj/helm-docs/cmd/helm-docs@v1.14.2
  kube-score:github.com/zegl/kube-score/cmd/kube-score@v1.20.0
)
PATH="$(go env GOPATH)/bin:$PATH"
for tool in "${tools[@]}"; do
  command -v "${tool%%:*}" >/dev/null || GOFLAGS="-p=2 -trimpath" go install "${tool#*:}"
done

schemas=$PWD/node_modules/.cache/kubernetes-validate
if [[ ! -e $schemas/complete ]]; then
  python3 -m venv "$schemas"
  "$schemas/bin/python" -m pip install --quiet --disable-pip-version-check kubernetes-validate==1.37.0
  touch "$schemas/complete"
fi
export PATH="$PATH:$schemas/bin"

npx tap --timeout=300 'test/chart/**/*.test.ts'
