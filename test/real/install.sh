#!/bin/bash
# Installs what the test against Ceph needs from the distribution's own packages. Does nothing when all is there.
set -euo pipefail

# command:package
needed=(
  radosgw:radosgw ceph-mon:ceph-mon ceph-osd:ceph-osd rados:ceph-common
  aws:awscli rclone:rclone restic:restic s3cmd:s3cmd curl:curl openssl:openssl
)
missing=()
for pair in "${needed[@]}"; do
  PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
done
# The system's python, because a python of the user's own would not see the distribution's boto3.
/usr/bin/python3 -c 'import boto3' 2>/dev/null || missing+=(python3-boto3)
[[ ${#missing[@]} -gt 0 ]] || exit 0

if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "install.sh: these packages are missing and can be installed only by root with apt-get: ${missing[*]}" >&2
  exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq </dev/null
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
