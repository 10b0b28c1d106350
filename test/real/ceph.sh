#!/bin/bash
# Real clients, through the proxy, to a real Ceph, all on this machine and in a temporary folder. Prints a table of
# what each client could do; the last line counts. Fails when a check failed.
#
# Environment: CLIENTS ("awscli boto3 …"), PROXY_PORT, PLAIN_PORT, ADMIN_PORT, RGW_PORT, CEPH_MON_PORT, PROOF_PROXY_PORT,
# PROOF_ADMIN_PORT, SIGV2_PROXY_PORT, SIGV2_ADMIN_PORT, AWSCLI1 (an old AWS CLI 1, for SigV2), KEEP=1 (keep the folder),
# DIRECT=1 (leave the proxy out: for work on this test itself).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
for part in daemon certs lib bodies direct proxy suite adversary ring pins clients/restic clients/streams clients/forms clients/sigv2; do
  source "$here/$part.sh"
done

# The system's own commands first: a client of the user's own would be another version.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export RGW_PORT=${RGW_PORT:-27443} CEPH_MON_PORT=${CEPH_MON_PORT:-27300}
PROXY_PORT=${PROXY_PORT:-27843}
PLAIN_PORT=${PLAIN_PORT:-27844}
ADMIN_PORT=${ADMIN_PORT:-27990}
unset AWS_CA_BUNDLE AWS_PROFILE AWS_SESSION_TOKEN HTTPS_PROXY https_proxy HTTP_PROXY http_proxy

main() {
  bash "$here/install.sh"
  need_free_port "$PROXY_PORT" PROXY_PORT
  need_free_port "$PLAIN_PORT" PLAIN_PORT
  need_free_port "$ADMIN_PORT" ADMIN_PORT
  WORK=$(mktemp -d)
  mkdir -p "$WORK/out"
  touch "$WORK"/markers.{sealed,open}
  trap finish EXIT
  trap 'exit 130' INT TERM

  echo "starting Ceph and the proxy in $WORK"
  bash "$here/ceph-rgw.sh" start "$WORK/ceph"
  set -a; source "$WORK/ceph/user.env"; set +a
  make_keys
  write_direct_settings
  make_buckets
  choose_endpoint
  for client in ${CLIENTS:-awscli boto3 rclone s3cmd curl restic streams forms sigv2 adversary ring pins drill}; do
    echo "running $client"
    run_client "$client"
  done
  CLIENT=all
  last_checks
  print_table
}

# In a shell of its own: one client's functions must not be taken for another's.
run_client() (
  set +e
  case $1 in
    restic | streams) "run_$1" ;;
    forms | sigv2) [[ ${DIRECT:-} == 1 ]] || "run_$1" ;;
    adversary | ring | pins) [[ ${DIRECT:-} == 1 ]] || "run_$1" ;;
    drill) run_drill ;;
    *) run_suite "$1" ;;
  esac
)

# Objects and versions restored from Ceph without the proxy: drill.ts, which has a proxy of its own to write with.
run_drill() {
  CLIENT=drill
  check 'versions restored by AWS CLI and rclone' env DRILL_ENDPOINT="https://localhost:$RGW_PORT" \
    DRILL_CA="$WORK/ceph/tls/ca.pem" "$root/node_modules/.bin/node" "$root/test/real/drill.ts"
}

choose_endpoint() {
  if [[ ${DIRECT:-} == 1 ]]; then
    CLIENT_ACCESS_KEY=$CEPH_ACCESS_KEY CLIENT_SECRET_KEY=$CEPH_SECRET_KEY
    ENDPOINT=https://localhost:$RGW_PORT CLIENT_CA=$WORK/ceph/tls/ca.pem
  else
    CLIENT_ACCESS_KEY=TESTCLIENT CLIENT_SECRET_KEY=$(openssl rand -hex 20)
    LIMITED_SECRET_KEY=$(openssl rand -hex 20)
    export CLIENT_SECRET_KEY LIMITED_SECRET_KEY
    ENDPOINT=https://localhost:$PROXY_PORT CLIENT_CA=$WORK/proxy/tls/ca.pem
    start_proxy
  fi
}

make_buckets() {
  local bucket
  for bucket in sealed open mixed; do
    equal 200 "$(direct PUT "$bucket" '' "$WORK/direct.out")"
  done
  body sealed "$WORK/old-object" 20000
  if [[ ${DIRECT:-} == 1 ]]; then
    equal 200 "$(direct PUT sealed old/object "$WORK/direct.out" -T "$WORK/old-object")"
  else
    with_ssec_key put old sealed old/object "$WORK/old-object"
  fi
}

last_checks() {
  bash "$here/ceph-rgw.sh" stop-rgw "$WORK/ceph"
  search_pools
  check "no marker of an encrypted body in Ceph's pools" no_sealed_marker_found
  check "every marker of a plain body is in Ceph's pools" every_open_marker_found
  [[ ${DIRECT:-} == 1 ]] || check "no secret in the proxy's log" proxy_log_is_clean
}

finish() {
  local status=$?
  trap - EXIT
  stop_daemon "$WORK/proxy/pid"
  stop_daemon "$WORK/proof/pid"
  stop_daemon "$WORK/ring/pid"
  stop_daemon "$WORK/pins-old/pid"
  stop_daemon "$WORK/pins-new/pid"
  stop_daemon "$WORK/sigv2/pid"
  bash "$here/ceph-rgw.sh" stop "$WORK/ceph" || true
  if [[ ${KEEP:-} == 1 ]]; then echo "kept: $WORK" >&2; else rm -rf "$WORK"; fi
  exit "$status"
}

main
