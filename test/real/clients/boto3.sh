# boto3, the distribution's: every call is a process of its own, as for the other clients.

boto() {
  timeout 180 env AWS_CONFIG_FILE=/dev/null AWS_CA_BUNDLE="$CLIENT_CA" S3_ENDPOINT="$ENDPOINT" \
    S3_SIGNATURE="${SIGNATURE:-s3v4}" \
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
  check 'presigned GET of an encrypted object' presigned_get sealed old/object "$WORK/old-object"
  check 'UploadPartCopy open → open' boto part_copy open boto3/large open boto3/part-copied
  [[ ${DIRECT:-} != 1 ]] || return 0
  check 'UploadPartCopy open → sealed, 64 MiB' part_copy_is_sealed open
  check 'UploadPartCopy sealed → sealed, 64 MiB' part_copy_is_sealed sealed
  check 'managed copy in parts of 24 MiB' boto_copy_is_sealed managed_copy
  check 'copy: metadata, tags, directives, conditions' boto copy_semantics sealed boto3/described
}

# part_copy_is_sealed FROM_BUCKET
part_copy_is_sealed() {
  boto part_copy "$1" boto3/large sealed "boto3/part-copied-$1" && get "$1" boto3/large original &&
    sealed sealed "boto3/part-copied-$1" original
}

boto_copy_is_sealed() {
  boto "$1" sealed boto3/large sealed boto3/copied-large && get sealed boto3/large original &&
    sealed sealed boto3/copied-large original
}

# presigned_get BUCKET OBJECT_KEY FILE: by somebody who knows nothing of S3.
presigned_get() {
  local url
  url=$(boto presign "$1" "$2") && curl -sSf --cacert "$CLIENT_CA" -o presigned.out "$url" && cmp "$3" presigned.out
}
