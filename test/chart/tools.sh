#!/bin/bash
# To be sourced, with the names of tools: puts them on PATH, and builds from Go what is not there yet. With an empty build
# cache helm takes four minutes, kube-score one, helm-docs 20 seconds.
PATH="$(go env GOPATH)/bin:$PATH"
declare -A modules=(
  [helm]=helm.sh/helm/v4/cmd/helm@v4.3.1
  [helm-docs]=github.com/norwoodj/helm-docs/cmd/helm-docs@v1.14.2
  [kube-score]=github.com/zegl/kube-score/cmd/kube-score@v1.20.0
)
for tool in "$@"; do
  command -v "$tool" >/dev/null || GOFLAGS="-p=2 -trimpath" go install "${modules[$tool]}"
done
