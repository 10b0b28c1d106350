# Bodies in the framing of aws-chunked: the SDK's streams, restic over plain HTTP (which signs every chunk), and bodies
# with a fault, of which nothing may be stored.

run_streams() {
  CLIENT=streams
  mkdir -p "$WORK/streams/data" "$WORK/restic"
  cd "$WORK/streams" || return 1
  [[ ${DIRECT:-} != 1 ]] || return 0
  body sealed large "$((64 << 20))"
  for endpoint in "$ENDPOINT" "http://127.0.0.1:$PLAIN_PORT"; do
    check "the SDK streams over ${endpoint%%:*}" streams "$endpoint" sdk large sealed "streams/${endpoint%%:*}"
    check "direct read, ${endpoint%%:*}" sealed sealed "streams/${endpoint%%:*}" large
  done
  body open plain 20000
  check 'the SDK streams what stays plain' streams "$ENDPOINT" sdk plain open streams/plain
  for bucket in sealed open; do
    check "$bucket: a body with a fault stores nothing, and the version before stays" \
      streams "http://127.0.0.1:$PLAIN_PORT" faults "$bucket" streams/fault
  done
  body sealed data/large 9000000
  (
    ENDPOINT=http://127.0.0.1:$PLAIN_PORT
    check 'sealed: restic over http, init' restic_ -r "s3:$ENDPOINT/sealed/restic-http" init
    check 'sealed: restic over http, backup' restic_ -r "s3:$ENDPOINT/sealed/restic-http" backup data
    check 'sealed: restic over http, check --read-data' restic_ -r "s3:$ENDPOINT/sealed/restic-http" check --read-data
    check 'sealed: restic over http, restore' restored "s3:$ENDPOINT/sealed/restic-http"
    check "restic's objects, direct read" every_object sealed sealed restic-http
    check 'no framing in the Content-Encoding' streams "$ENDPOINT" coding sealed restic-http/config
  )
}

streams() {
  NODE_EXTRA_CA_CERTS=$CLIENT_CA S3_ENDPOINT=$1 S3_ACCESS_KEY=$CLIENT_ACCESS_KEY S3_SECRET_KEY=$CLIENT_SECRET_KEY \
    timeout 180 "$root/node_modules/.bin/node" "$here/streams.ts" "${@:2}"
}
