# Requests to Ceph itself, past the proxy. Sourced. Needs $WORK, $RGW_PORT and Ceph's credentials.

# Keys and secrets go to curl in files that only this user can read: its arguments can be seen by everyone.
write_direct_settings() {
  (
    umask 077
    cat >"$WORK/direct.curlrc" <<RC
silent
show-error
max-time = 120
cacert = "$WORK/ceph/tls/ca.pem"
aws-sigv4 = "aws:amz:us-east-1:s3"
user = "$CEPH_ACCESS_KEY:$CEPH_SECRET_KEY"
header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"
RC
  )
}

# direct METHOD BUCKET OBJECT_KEY OUT [CURL-OPTION…]: prints the status; the body of the answer is in OUT.
direct() {
  local method=$1 path=$2/$3 out=$4
  shift 4
  curl -K "$WORK/direct.curlrc" -X "$method" -o "$out" -w '%{http_code}' "$@" "https://localhost:$RGW_PORT/$path"
}

# sealed BUCKET OBJECT_KEY FILE: Ceph refuses the object without the SSE-C key and gives FILE with it.
sealed() {
  local out=$WORK/direct.out
  [[ ${DIRECT:-} != 1 ]] || return 0
  equal 400 "$(direct GET "$1" "$2" "$out")" && grep -q '<Code>InvalidArgument</Code>' "$out" &&
    with_ssec_key get new "$1" "$2" "$out" && cmp "$3" "$out"
}

# with_ssec_key get|put new|old BUCKET OBJECT_KEY FILE
with_ssec_key() {
  AWS_CA_BUNDLE=$WORK/ceph/tls/ca.pem DIRECT_ENDPOINT=https://localhost:$RGW_PORT timeout 120 \
    /usr/bin/python3 "$here/direct_client.py" "$1" "$WORK/keys/$2" "$3" "$4" "$5"
}

# open BUCKET OBJECT_KEY FILE: Ceph gives FILE without any SSE-C key.
open() {
  equal 200 "$(direct GET "$1" "$2" "$WORK/direct.out")" && cmp "$3" "$WORK/direct.out"
}

# absent BUCKET OBJECT_KEY: Ceph has no such object.
absent() {
  equal 404 "$(direct GET "$1" "$2" "$WORK/direct.out")"
}
