# boto3, the distribution's: every call is a process of its own, as for the other clients.

boto() {
  timeout 180 env AWS_CONFIG_FILE=/dev/null AWS_CA_BUNDLE="$CLIENT_CA" S3_ENDPOINT="$ENDPOINT" \
    AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID="$CLIENT_ACCESS_KEY" AWS_SECRET_ACCESS_KEY="$CLIENT_SECRET_KEY" \
    /usr/bin/python3 "$here/clients/boto3_client.py" "$@"
}

put() { boto put "$@"; }
get() { boto get "$@"; }
size() { boto size "$@"; }
range() { boto range "$@"; }
list() { boto list "$@"; }
delete() { boto delete "$@"; }
delete_many() { boto delete_many "$@"; }
copy() { boto copy "$@"; }

own_checks() {
  check 'put_object from a stream, metadata and type kept' boto stream sealed boto3/stream
  check 'list v1 with delimiter' boto list_folders sealed boto3/
  check 'abort a multipart upload' boto abort sealed boto3/aborted
  check 'UploadPartCopy open → open' boto part_copy open boto3/large open boto3/part-copied
  [[ ${DIRECT:-} != 1 ]] || return 0
  check 'UploadPartCopy open → sealed: refused' \
    refused "$not_implemented" boto part_copy open boto3/large sealed boto3/part-copied
}
