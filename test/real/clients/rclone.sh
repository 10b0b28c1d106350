# rclone. Its remote is described by the environment; AWS_CA_BUNDLE would end it, so nothing may set that.

rclone_() {
  timeout 180 env -u AWS_CA_BUNDLE RCLONE_CONFIG=/dev/null RCLONE_CONFIG_R_TYPE=s3 RCLONE_CONFIG_R_PROVIDER=Ceph \
    RCLONE_CONFIG_R_ENDPOINT="$ENDPOINT" RCLONE_CONFIG_R_REGION=us-east-1 RCLONE_CONFIG_R_NO_CHECK_BUCKET=true \
    RCLONE_CONFIG_R_ACCESS_KEY_ID="$CLIENT_ACCESS_KEY" RCLONE_CONFIG_R_SECRET_ACCESS_KEY="$CLIENT_SECRET_KEY" \
    rclone --ca-cert "$CLIENT_CA" --retries 1 --low-level-retries 1 --s3-upload-cutoff 20M "$@"
}

put() { rclone_ copyto "$1" "r:$2/$3"; }
get() { rclone_ copyto "r:$1/$2" "$3"; }
size() { rclone_ lsjson --stat "r:$1/$2" | sed -n 's/.*"Size": *\([0-9]*\).*/\1/p'; }
range() { rclone_ cat --offset "$3" --count $(($4 - $3 + 1)) "r:$1/$2" >"$5"; }
list() { rclone_ lsf --files-only -R "r:$1/$2" | sed "s|^|$2|"; }
delete() { rclone_ deletefile "r:$1/$2"; }
delete_many() { rclone_ delete "r:$1/$2"; }
copy() { rclone_ copyto "r:$1/$2" "r:$3/$4"; }
sync_up() { rclone_ sync "$1" "r:$2/$3"; }
sync_down() { rclone_ sync "r:$1/$2" "$3"; }

own_checks() {
  check 'rclone check compares the hashes' checked
  [[ ${DIRECT:-} != 1 ]] || return 0
  # Told not to copy on the store's side, rclone reads and writes, and both ends are as their rules say.
  check 'copy sealed → sealed by reading and writing' rewritten sealed sealed
  check 'copy open → sealed by reading and writing' rewritten open sealed
  check 'copy sealed → open by reading and writing' rewritten sealed open
  check 'new time for an unchanged file in sealed' time_kept
  check 'rclone moveto sealed → sealed, 64 MiB' moved
  check 'rclone touch in sealed' touched
}

checked() {
  rclone_ check --one-way up r:open/rclone/tree/
}

# rewritten FROM TO: buckets, named as their kind. The text is short and without a marker: it ends in both.
rewritten() {
  local name=rclone/line-$1-$2
  echo 'a line that may be read by anyone' >line
  put line "$1" "$name" && rclone_ copyto --disable copy "r:$1/$name" "r:$2/$name-copy" && "$2" "$2" "$name-copy" line
}

# rclone keeps a file's time in the metadata, and changes it by copying the object onto itself.
time_kept() {
  echo 'another line' >line
  put line sealed rclone/line && touch -d 2001-01-01 line && put line sealed rclone/line &&
    rclone_ lsl r:sealed/rclone/line | grep -q 2001-01-01 && sealed sealed rclone/line line
}

moved() {
  get sealed rclone/large original && rclone_ moveto r:sealed/rclone/large r:sealed/rclone/moved &&
    absent sealed rclone/large && sealed sealed rclone/moved original
}

touched() {
  get sealed rclone/small original && rclone_ touch -t 2002-02-02T00:00:00 r:sealed/rclone/small &&
    rclone_ lsl r:sealed/rclone/small | grep -q 2002-02-02 && sealed sealed rclone/small original
}
