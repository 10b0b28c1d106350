#!/bin/bash
# Installs from the distribution's own packages what the test against Ceph needs, or the `command:package` pairs that it
# is given. Does nothing when all is there.
set -euo pipefail

# command:package, or file:package
needed=(
  radosgw:radosgw ceph-mon:ceph-mon ceph-osd:ceph-osd rados:ceph-common
  aws:awscli rclone:rclone age:age restic:restic s3cmd:s3cmd curl:curl openssl:openssl
)
[[ $# -eq 0 ]] || needed=("$@")
missing=()
for pair in "${needed[@]}"; do
  [[ $pair == /* && -e ${pair%%:*} ]] || PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "${pair%%:*}" >/dev/null ||
    missing+=("${pair#*:}")
done
# The system's python, because a python of the user's own would not see the distribution's boto3.
[[ $# -gt 0 ]] || /usr/bin/python3 -c 'import boto3' 2>/dev/null || missing+=(python3-boto3)
[[ ${#missing[@]} -gt 0 ]] || exit 0

if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "install.sh: these packages are missing and can be installed only by root with apt-get: ${missing[*]}" >&2
  exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Of packages with a service only the program is wanted: at this runlevel none is started.
export RUNLEVEL=1
apt-get update -qq </dev/null
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
