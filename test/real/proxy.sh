# The proxy under test: its keys, config and process. Sourced. Needs $WORK, $root and the ports.

start_proxy() {
  mkdir -p "$WORK/proxy"
  make_certs "$WORK/proxy/tls"
  (umask 077; write_config >"$WORK/proxy/config.yaml")
  (cd "$root" && start_daemon "$WORK/proxy/pid" "$WORK/proxy/log" \
    node_modules/.bin/node src/main.ts serve "$WORK/proxy/config.yaml")
  if ! wait_until 30 'the proxy' curl -sf --max-time 3 "http://127.0.0.1:$ADMIN_PORT/readyz"; then
    tail -n 20 "$WORK/proxy/log" | cut -c1-300 >&2
    return 1
  fi
}

# start_other_proxy NAME PORT ADMIN_PORT SED_SCRIPT: another, whose config differs as the script says.
# Its pid is in $WORK/NAME/pid.
start_other_proxy() {
  local folder=$WORK/$1
  mkdir -p "$folder"
  (umask 077; write_config | sed -e "s/:$PROXY_PORT/:$2/" -e "s/:$ADMIN_PORT/:$3/" -e "s/:$PLAIN_PORT/:0/" \
    -e "$4" >"$folder/config.yaml")
  (cd "$root" && start_daemon "$folder/pid" "$folder/log" node_modules/.bin/node src/main.ts serve "$folder/config.yaml")
  wait_until 30 "the proxy of $1" curl -sf --max-time 3 "http://127.0.0.1:$3/readyz"
}

# make_keys: two SSE-C keys, before anything needs them.
make_keys() {
  mkdir -p "$WORK/keys"
  (cd "$root" && for name in new old; do
    node_modules/.bin/node src/main.ts keygen "$WORK/keys/$name"
  done) >"$WORK/keys.log" 2>&1
}

write_config() {
  cat <<YAML
listen:
  - address: 127.0.0.1:$PROXY_PORT
    tls: { cert: $WORK/proxy/tls/server.pem, key: $WORK/proxy/tls/server.key }
  - address: 127.0.0.1:$PLAIN_PORT
admin: { address: "127.0.0.1:$ADMIN_PORT" }
upstream:
  endpoint: https://localhost:$RGW_PORT
  region: us-east-1
  provider: ceph
  ca: $WORK/ceph/tls/ca.pem
  credentials: { accessKeyId: { env: CEPH_ACCESS_KEY }, secretAccessKey: { env: CEPH_SECRET_KEY } }
clients:
  - { accessKeyId: $CLIENT_ACCESS_KEY, secretAccessKey: { env: CLIENT_SECRET_KEY }, admin: true }
  - accessKeyId: TESTLIMITED
    secretAccessKey: { env: LIMITED_SECRET_KEY }
    allow:
      - { bucket: sealed, prefix: mine/, actions: [read, write, list] }
keys:
  new: { file: $WORK/keys/new }
  old: { file: $WORK/keys/old }
rules:
  - { match: { bucket: sealed }, encrypt: [new, old] }
  - { match: { bucket: open }, encrypt: off }
  - { match: { bucket: open, prefix: released/ }, encrypt: off, declassify: true }
  - { match: { bucket: mixed }, encrypt: [new] }
  - { match: { bucket: mixed, prefix: plain/ }, encrypt: off }
YAML
}

# proxy_log_is_clean: no secret, no SSE-C key and no MD5 of one was logged.
proxy_log_is_clean() {
  log_is_clean "$WORK/proxy/log"
}

log_is_clean() {
  local name secrets=("$CLIENT_SECRET_KEY" "$CEPH_SECRET_KEY")
  for name in new old; do
    secrets+=("$(base64 -w0 "$WORK/keys/$name")" "$(openssl dgst -md5 -binary "$WORK/keys/$name" | base64)")
  done
  [[ -s $1 ]] && ! printf '%s\n' "${secrets[@]}" | grep -qF -f - "$1"
}
