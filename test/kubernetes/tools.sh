#!/bin/bash
# Builds what `npm run test:kubernetes` needs and no distribution has: the API server, its controllers and its scheduler,
# kwok in the kubelet's place, kubectl, helm and a registry. They go into the folder of `go install`. It does nothing for
# what is there. With `--where` it says where they are. Cold, it takes 40 minutes on two cores; most of that is the API server.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/tools"

bin=$(go env GOBIN)
bin=${bin:-$(go env GOPATH)/bin}
mkdir -p "$bin"
[[ ${1:-} != --where ]] || exec echo "$bin"

kubernetes=$(go list -mod=readonly -m -f '{{.Version}}' k8s.io/kubernetes)
IFS=. read -r major minor _ <<<"${kubernetes#v}"
stamp=k8s.io/component-base/version
# Without it the API server calls itself v0.0.0, and charts and webhooks that ask for its version see that.
version="-X $stamp.gitVersion=$kubernetes -X $stamp.gitMajor=$major -X $stamp.gitMinor=$minor"

# All with the same flags, so that what one has compiled is there for the next.
for command in kube-apiserver kube-controller-manager kube-scheduler kubectl; do
  [[ -x $bin/$command ]] ||
    nice -n 10 go build -mod=readonly -p 2 -ldflags "-s -w $version" -o "$bin/$command" "k8s.io/kubernetes/cmd/$command"
done

while read -r package version; do
  [[ -x $bin/${package##*/} ]] || GOBIN=$bin nice -n 10 go install -p 2 "$package@$version"
done <<'END'
sigs.k8s.io/kwok/cmd/kwok v0.8.0
helm.sh/helm/v4/cmd/helm v4.3.1
github.com/google/go-containerregistry/cmd/registry v0.22.1
github.com/google/go-containerregistry/cmd/crane v0.22.1
END

# Definitions of resources of others, which cluster/crds.ts applies.
modules=$(sed -nE "s#^.*module: '([^']+)'.*#\1#p" ../cluster/crds.ts)
# Outside of any module: none of ours needs them.
empty=$(mktemp -d)
trap 'rmdir "$empty"' EXIT
cd "$empty"
for module in $modules; do go mod download "$module"; done
