# Multipart uploads across a rotation, at two proxies that share nothing but their keys: the one from before it, and one
# with the new key in front. And uploads that began past the proxy. Sourced.

PINS_OLD_PORT=${PINS_OLD_PORT:-27852}
PINS_OLD_ADMIN_PORT=${PINS_OLD_ADMIN_PORT:-27997}
PINS_NEW_PORT=${PINS_NEW_PORT:-27853}
PINS_NEW_ADMIN_PORT=${PINS_NEW_ADMIN_PORT:-27998}

run_pins() {
  CLIENT=pins
  mkdir -p "$WORK/pins"
  cd "$WORK/pins" || return 1
  local now
  body sealed first 5242880
  body sealed second 20000
  body open plain 20000
  check 'a plain object beside them' equal 200 "$(direct PUT open pins/plain direct.out -T plain)"
  check 'a proxy from before the rotation' start_other_proxy pins-old "$PINS_OLD_PORT" "$PINS_OLD_ADMIN_PORT" \
    's/\[new, old\]/[old]/'
  check 'an upload begins' pins old begin 'by its id' first
  check 'another begins' pins old begin 'by + the list/ü' first
  sleep 1
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  sleep 1
  check 'a proxy after the rotation' start_other_proxy pins-new "$PINS_NEW_PORT" "$PINS_NEW_ADMIN_PORT" \
    "s|/keys/new }|/keys/new, writesFrom: \"$now\" }|; s/\\[new, old\\] }/[new, old], foreignUploads: allow }/"
  check 'the upload goes on by its id' pins new go_on 'by its id' second
  check 'the other goes on by the id in the list' pins new resume 'by + the list/ü' second
  cat first second >whole
  check 'both are whole, under the old key' pinned_to_old
  check 'a list page by page' pins new pages
  check 'an upload begun in plain gets no part and no end' pins new begun_in_plain second
  check 'an upload begun past the proxy under a key goes on' pins new begun_elsewhere first
  check 'rclone lists and removes what is left over' leftovers
  check 'no secret in the logs' pins_logs_are_clean
  stop_daemon "$WORK/pins-old/pid"
  stop_daemon "$WORK/pins-new/pid"
}

# pins old|new CHECK ARGUMENT…
pins() {
  local port=$PINS_NEW_PORT
  [[ $1 == new ]] || port=$PINS_OLD_PORT
  cat "$CLIENT_CA" "$WORK/ceph/tls/ca.pem" >ca.pem
  timeout 180 env AWS_CONFIG_FILE=/dev/null AWS_CA_BUNDLE=ca.pem AWS_DEFAULT_REGION=us-east-1 \
    AWS_ACCESS_KEY_ID="$CLIENT_ACCESS_KEY" AWS_SECRET_ACCESS_KEY="$CLIENT_SECRET_KEY" \
    S3_ENDPOINT="https://localhost:$port" DIRECT_ENDPOINT="https://localhost:$RGW_PORT" SSEC_KEY_FILE="$WORK/keys/new" \
    /usr/bin/python3 "$here/clients/pins_client.py" "${@:2}"
}

pinned_to_old() {
  local objectKey
  for objectKey in 'by its id' 'by + the list/ü'; do
    with_ssec_key get old sealed "$objectKey" out && cmp whole out || return 1
    ! with_ssec_key get new sealed "$objectKey" out || return 1
  done
  equal 400 "$(direct GET sealed 'by%20its%20id' "$WORK/direct.out")"
}

leftovers() (
  ENDPOINT=https://localhost:$PINS_NEW_PORT
  source "$here/clients/rclone.sh"
  pins new leave 'left/over' && rclone_ backend list-multipart-uploads r:sealed >uploads && grep -q ssec1 uploads &&
    rclone_ backend -o max-age=1s cleanup r:sealed && rclone_ backend list-multipart-uploads r:sealed >uploads &&
    ! grep -q ssec1 uploads
)

pins_logs_are_clean() {
  log_is_clean "$WORK/pins-old/log" && log_is_clean "$WORK/pins-new/log"
}
