# The AWS CLI.

# Old ones sign with version 2 when their settings say so.
write_aws_settings() {
  printf '[default]\ns3 =\n  signature_version = %s\n  addressing_style = path\n' "${SIGNATURE:-s3v4}" >aws.conf
}
write_aws_settings

aws_() {
  timeout 180 env AWS_CONFIG_FILE="$WORK/$CLIENT/aws.conf" AWS_MAX_ATTEMPTS=1 AWS_EC2_METADATA_DISABLED=true AWS_PAGER= \
    AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID="$CLIENT_ACCESS_KEY" AWS_SECRET_ACCESS_KEY="$CLIENT_SECRET_KEY" \
    "${AWS_COMMAND:-aws}" --endpoint-url "$ENDPOINT" --ca-bundle "$CLIENT_CA" "$@"
}

put() { aws_ s3 cp --no-progress "$1" "s3://$2/$3"; }
get() { aws_ s3 cp --no-progress "s3://$1/$2" "$3"; }
size() { aws_ s3api head-object --bucket "$1" --key "$2" --query ContentLength; }
range() { aws_ s3api get-object --bucket "$1" --key "$2" --range "bytes=$3-$4" "$5"; }
list() { aws_ s3api list-objects-v2 --bucket "$1" --prefix "$2" --query 'Contents[].Key' --output text | tr '\t' '\n'; }
delete() { aws_ s3 rm "s3://$1/$2"; }
copy() { aws_ s3api copy-object --copy-source "$1/$2" --bucket "$3" --key "$4"; }
sync_up() { aws_ s3 sync --no-progress "$1" "s3://$2/$3"; }
sync_down() { aws_ s3 sync --no-progress "s3://$1/$2" "$3"; }

delete_many() {
  local objects
  objects=$(list "$1" "$2" | sed 's/.*/{Key=&}/' | paste -sd,) || return 1
  aws_ s3api delete-objects --bucket "$1" --delete "Objects=[$objects]"
}

# `s3 cp` between buckets is a HEAD, and then CopyObject, or UploadPartCopy for what is large.
own_checks() {
  check 's3 cp open → open, 64 MiB' large_copy_works
  [[ ${DIRECT:-} != 1 ]] || return 0
  check 's3 cp sealed → sealed' cp_is_sealed s3 cp sealed small cp
  check 's3 cp open → sealed, 64 MiB in parts' cp_is_sealed s3 cp open large cp-large
  check 's3 cp sealed → sealed, 64 MiB in parts' cp_is_sealed s3 cp sealed large cp-sealed
  check 's3 mv sealed → sealed, 64 MiB in parts' mv_works
}

large_copy_works() {
  aws_ s3 cp --no-progress s3://open/awscli/large s3://open/awscli/cp-large && open open awscli/cp-large large
}

# cp_is_sealed s3 cp FROM_BUCKET NAME TO_NAME
cp_is_sealed() {
  rm -f original
  aws_ "$1" "$2" --no-progress "s3://$3/awscli/$4" "s3://sealed/awscli/$5" && get "$3" "awscli/$4" original &&
    sealed sealed "awscli/$5" original
}

mv_works() {
  get sealed awscli/cp-sealed moved && aws_ s3 mv --no-progress s3://sealed/awscli/cp-sealed s3://sealed/awscli/mv &&
    absent sealed awscli/cp-sealed && sealed sealed awscli/mv moved
}
