# s3cmd. It takes its settings from a file.

write_s3cmd_settings() {
  (
    umask 077
    cat >s3cmd.conf <<CONF
[default]
access_key = $CLIENT_ACCESS_KEY
secret_key = $CLIENT_SECRET_KEY
host_base = ${ENDPOINT#https://}
host_bucket = ${ENDPOINT#https://}
use_https = True
ca_certs_file = $CLIENT_CA
bucket_location = us-east-1
max_retries = 0
progress_meter = False
CONF
  )
}
write_s3cmd_settings

s3cmd_() { timeout 180 s3cmd -c "$WORK/$CLIENT/s3cmd.conf" ${SIGNATURE:+--signature-v2} "$@"; }

put() { s3cmd_ put "$1" "s3://$2/$3"; }
get() { s3cmd_ get --force "s3://$1/$2" "$3"; }
resume() { s3cmd_ get --continue "s3://$1/$2" "$3"; }
size() { s3cmd_ info "s3://$1/$2" | sed -n 's/ *File size: *//p'; }
list() { s3cmd_ ls "s3://$1/$2" | sed "s|.* s3://$1/||"; }
delete() { s3cmd_ del "s3://$1/$2"; }
delete_many() { s3cmd_ del --recursive "s3://$1/$2"; }
copy() { s3cmd_ cp "s3://$1/$2" "s3://$3/$4"; }
sync_up() { s3cmd_ sync "$1/" "s3://$2/$3"; }
sync_down() { mkdir -p "$3" && s3cmd_ sync "s3://$1/$2" "$3/"; }

own_checks() {
  [[ ${DIRECT:-} != 1 ]] || return 0
  check 's3cmd mv sealed → sealed, 64 MiB' mv_works
  check 's3cmd modify: another type for an object in sealed' modified
}

mv_works() {
  get sealed s3cmd/large moved && s3cmd_ mv s3://sealed/s3cmd/large s3://sealed/s3cmd/mv &&
    absent sealed s3cmd/large && sealed sealed s3cmd/mv moved
}

# s3cmd copies the object onto itself, with the headers that a HEAD showed it.
modified() {
  get sealed s3cmd/small original && s3cmd_ modify --mime-type=text/x-test s3://sealed/s3cmd/small &&
    s3cmd_ info s3://sealed/s3cmd/small >info && grep -q 'MIME type: *text/x-test' info && sealed sealed s3cmd/small original
}
