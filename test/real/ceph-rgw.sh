#!/bin/bash
# A whole Ceph on one machine and in memory: a monitor, one OSD and the RADOS gateway with HTTPS on loopback.
#
#   ceph-rgw.sh start DIR     bring it up; DIR then holds ceph.conf, tls/ca.pem, user.env and logs
#   ceph-rgw.sh stop-rgw DIR  end the gateway only, so that the pools can be read while nothing writes
#   ceph-rgw.sh stop DIR      end everything that `start` started
#
# Environment: RGW_PORT (HTTPS), RGW_PLAIN_PORT (HTTP, too), CEPH_MON_PORT.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/certs.sh"
source "$here/daemon.sh"

action=${1:-}
[[ -n ${2:-} ]] || { echo "usage: ceph-rgw.sh start|stop-rgw|stop DIR" >&2; exit 2; }
mkdir -p "$2"
dir=$(cd "$2" && pwd)
rgw_port=${RGW_PORT:-27443}
mon_port=${CEPH_MON_PORT:-27300}
fsid=$(</proc/sys/kernel/random/uuid)
export CEPH_CONF=$dir/ceph.conf
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

main() {
  case $action in
    start) start ;;
    stop-rgw) stop_daemon "$dir/rgw.pid" ;;
    stop) for name in rgw osd mon; do stop_daemon "$dir/$name.pid"; done ;;
    *) echo "ceph-rgw.sh: unknown action '$action'" >&2; exit 2 ;;
  esac
}

start() {
  need_free_port "$rgw_port" RGW_PORT
  need_free_port "$mon_port" CEPH_MON_PORT
  mkdir -p "$dir"/{mon,osd,rgw,log}
  make_certs "$dir/tls"
  write_conf
  ulimit -n 65536 2>/dev/null || true

  # The map is made by hand: one that the monitor makes from `mon host` has it listen on the default ports.
  {
    monmaptool --create --fsid "$fsid" --addv one "[v2:127.0.0.1:$mon_port]" "$dir/monmap"
    ceph-mon -i one --mkfs --monmap "$dir/monmap"
  } >>"$dir/log/setup.log" 2>&1
  start_daemon "$dir/mon.pid" "$dir/log/mon.out" ceph-mon -f -i one
  start_osd
  create_user
  start_daemon "$dir/rgw.pid" "$dir/log/rgw.out" radosgw -f -n client.rgw.one
  wait_until 60 "the gateway" gateway_answers
}

start_osd() {
  local uuid
  uuid=$(</proc/sys/kernel/random/uuid)
  # The OSD's number is given out by the monitor, and the first is 0.
  timeout 60 ceph osd new "$uuid" >>"$dir/log/setup.log" 2>&1
  ceph-osd -i 0 --mkfs --osd-uuid "$uuid" >>"$dir/log/setup.log" 2>&1
  start_daemon "$dir/osd.pid" "$dir/log/osd.out" ceph-osd -f -i 0
}

create_user() {
  local access secret
  access=CEPH$(openssl rand -hex 8)
  secret=$(openssl rand -hex 20)
  timeout 120 radosgw-admin user create --uid=one --display-name=one \
    --access-key="$access" --secret-key="$secret" >"$dir/log/user.json" 2>>"$dir/log/setup.log"
  (umask 077; printf 'CEPH_ACCESS_KEY=%s\nCEPH_SECRET_KEY=%s\n' "$access" "$secret" >"$dir/user.env")
}

gateway_answers() {
  daemon_runs "$dir/rgw.pid" &&
    curl -s -o /dev/null --max-time 3 --cacert "$dir/tls/ca.pem" "https://localhost:$rgw_port/"
}

write_conf() {
  cat >"$CEPH_CONF" <<CONF
[global]
fsid = $fsid
# Version 2 of the wire protocol alone, so that the monitor takes one port and not two.
mon host = [v2:127.0.0.1:$mon_port]
ms bind msgr1 = false
public addr = 127.0.0.1
# Everything listens on loopback and lives for one test.
auth cluster required = none
auth service required = none
auth client required = none
# The gateway asks the monitor for the encrypted mode, which there is none of without keys.
ms mon client mode = crc
run dir = $dir
admin socket = $dir/\$name.\$pid.asok
log file = $dir/log/\$name.log
log to stderr = false
# One OSD: one copy of everything, one placement group a pool.
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon max pg per osd = 1000
# Fewer waits while the pools are made.
paxos propose interval = 0.02
paxos min wait = 0.01
[mon]
mon data = $dir/mon
[osd]
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 8G
[client]
rgw data = $dir/rgw
rgw frontends = beast ${RGW_PLAIN_PORT:+endpoint=127.0.0.1:$RGW_PLAIN_PORT }ssl_endpoint=127.0.0.1:$rgw_port ssl_certificate=$dir/tls/server.pem ssl_private_key=$dir/tls/server.key tcp_nodelay=1
# A Host that is neither an address nor this name is taken for a bucket's name.
rgw dns name = localhost
rgw rados pool pg num min = 1
rgw thread pool size = 64
CONF
}

main
