# Bodies with markers, to be looked for on the store's disks. Sourced. Needs $WORK.

# body sealed|open FILE BYTES: random bytes with a marker of its own every 4 KiB. `sealed` markers must not be on
# the store's disks, `open` ones must: without those, a search that finds nothing would prove nothing.
body() {
  local marker
  marker=$(new_marker "$1")
  /usr/bin/python3 - "$marker" "$2" "$3" <<'PY'
import os, sys
marker, path, size = sys.argv[1].encode(), sys.argv[2], int(sys.argv[3])
with open(path, 'wb') as out:
    for start in range(0, size, 4096):
        out.write((marker + b' ' + os.urandom(4096 - len(marker) - 1))[: size - start])
PY
}

# new_marker sealed|open: prints a marker and keeps it for the search.
new_marker() {
  local marker
  marker=MARKER-$(openssl rand -hex 16)
  echo "$marker" >>"$WORK/markers.$1"
  echo "$marker"
}

# search_pools: every marker that is anywhere in Ceph's pools: objects, their attributes and their indexes.
search_pools() {
  local pool
  for pool in $(ceph_tool rados lspools); do
    ceph_tool rados export -p "$pool" - 2>/dev/null | LC_ALL=C grep -aoE 'MARKER-[0-9a-f]{32}' || true
  done | sort -u >"$WORK/markers.found"
  sort -u -o "$WORK/markers.sealed" "$WORK/markers.sealed"
  sort -u -o "$WORK/markers.open" "$WORK/markers.open"
}

ceph_tool() {
  CEPH_CONF=$WORK/ceph/ceph.conf timeout 300 "$@"
}

no_sealed_marker_found() {
  local leaked
  leaked=$(comm -12 "$WORK/markers.sealed" "$WORK/markers.found")
  equal '' "$leaked"
}

every_open_marker_found() {
  local lost
  lost=$(comm -23 "$WORK/markers.open" "$WORK/markers.found")
  equal '' "$lost"
}
