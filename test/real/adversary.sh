# What must be impossible, tried against Ceph through the proxy. Sourced. A client with few permissions, sub-resources
# that Ceph takes for a PutObject, object keys that a store might fold, and a store that the config calls by a wrong name.

PROOF_PROXY_PORT=${PROOF_PROXY_PORT:-27846}
PROOF_ADMIN_PORT=${PROOF_ADMIN_PORT:-27991}

run_adversary() {
  CLIENT=adversary
  mkdir -p "$WORK/$CLIENT"
  cd "$WORK/$CLIENT" || return 1
  body sealed small 20000
  body open plain 20000
  sub_resources >operations
  check 'a sub-resource write with a body stores nothing' hostile sub_resources operations "$(new_marker sealed)"
  check 'object keys are never folded' hostile odd_keys "$(new_marker sealed)"
  check 'odd object keys, direct read' odd_keys_are_sealed
  check 'a client does only what it may' limited permissions small
  check 'a bucket of its own and no other in ListBuckets' limited buckets
  check 'a plain copy that Ceph answers with 200 is found out' unproven_copy
  rows >rows
  check 'nothing means another operation to Ceph' other_meanings
}

# A line for each sub-resource of an object in the operations table, and some that no store knows.
sub_resources() {
  (cd "$root" && node_modules/.bin/node -e '
    Promise.all([import("./src/s3/operations.ts"), import("./test/support/conditions.ts")]).then(([{ OPERATIONS }, { shortParameterFor }]) => {
      for (const { name, method, shape, query } of OPERATIONS) {
        const writes = ["PUT", "POST"].includes(method) && shape === "object" && query.length > 0;
        const pairs = query.map(shortParameterFor);
        if (writes && !query.includes("uploadId")) console.log(`${name} ${method} ${pairs.join("&")}`);
      }
      for (const word of ["append", "modify&position=1", "unheard-of", "torrent", "metadata"]) console.log(`none PUT ${word}`);
    })')
}

# A line for each sub-resource of the operations table: METHOD SHAPE, whether the row of Ceph lists it, and the query.
rows() {
  (cd "$root" && node_modules/.bin/node -e '
    Promise.all(["src/s3/operations.ts", "src/s3/providers.ts", "test/support/conditions.ts"].map((path) => import(`./${path}`))).then(
      ([{ OPERATIONS }, { PROVIDERS }, { shortParameterFor }]) => {
        for (const { name, method, shape, query } of OPERATIONS) {
          if (query.length === 0 || query.includes("uploadId") || query.includes("list-type=2") || query.includes("versions")) continue;
          if (!["GET", "PUT", "DELETE"].includes(method)) continue;
          const listed = PROVIDERS.ceph.subresourceWrites.includes(name) ? "yes" : "no";
          const pairs = query.map(shortParameterFor);
          console.log(`${method} ${shape} ${listed} ${pairs.join("&")}`);
        }
      })')
}

hostile() {
  as "$CLIENT_ACCESS_KEY" "$CLIENT_SECRET_KEY" "$ENDPOINT" "$@"
}

limited() {
  as TESTLIMITED "$LIMITED_SECRET_KEY" "$ENDPOINT" "$@"
}

# as ACCESS_KEY SECRET_KEY ENDPOINT CHECK ARGUMENT…
as() {
  timeout 180 env AWS_CONFIG_FILE=/dev/null AWS_CA_BUNDLE="$CLIENT_CA" AWS_DEFAULT_REGION=us-east-1 \
    AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2" S3_ENDPOINT="$3" \
    /usr/bin/python3 "$here/clients/adversary_client.py" "${@:4}"
}

odd_keys_are_sealed() {
  equal 400 "$(direct GET sealed 'odd//key' "$WORK/direct.out" --path-as-is)" &&
    equal 404 "$(direct GET sealed 'odd/key' "$WORK/direct.out")"
}

# Called aws, this store is trusted with copies, which it answers with 200 and stores in plain.
unproven_copy() {
  local proof=$WORK/proof status=0
  start_other_proxy proof "$PROOF_PROXY_PORT" "$PROOF_ADMIN_PORT" 's/provider: ceph/provider: aws\n  addressing: path/' &&
    hostile put open adversary/plain plain &&
    as "$CLIENT_ACCESS_KEY" "$CLIENT_SECRET_KEY" "https://localhost:$PROOF_PROXY_PORT" unproven_copy small || status=1
  curl -s "http://127.0.0.1:$PROOF_ADMIN_PORT/metrics" | grep '^ssec_proxy_unproven_writes_total 1' >/dev/null || status=1
  stop_daemon "$proof/pid"
  tail -n 5 "$proof/log" | cut -c1-400
  return "$status"
}

# With a rule for every bucket, and a user at Ceph that may read its metadata: first it is seen to show the secret key to who asks it directly.
other_meanings() {
  local proof=$WORK/meanings status=0
  CEPH_CONF=$WORK/ceph/ceph.conf timeout 60 radosgw-admin caps add --uid=one --caps='metadata=read;users=read' >/dev/null 2>&1
  equal 200 "$(direct GET admin/metadata user "$WORK/direct.out" -G -d key=one)" && grep -q secret_key "$WORK/direct.out" &&
    start_other_proxy meanings "$PROOF_PROXY_PORT" "$PROOF_ADMIN_PORT" 's/bucket: open }, encrypt: off/bucket: "*" }, encrypt: off/' &&
    as "$CLIENT_ACCESS_KEY" "$CLIENT_SECRET_KEY" "https://localhost:$PROOF_PROXY_PORT" other_meanings rows || status=1
  CEPH_CONF=$WORK/ceph/ceph.conf timeout 60 radosgw-admin caps rm --uid=one --caps='metadata=read;users=read' >/dev/null 2>&1
  stop_daemon "$proof/pid"
  tail -n 5 "$proof/log" | cut -c1-400
  return "$status"
}
