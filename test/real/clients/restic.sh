# restic. It encrypts what it stores, so the marker is the host name in its key files, which are plain JSON.

restic_() {
  timeout 180 env AWS_ACCESS_KEY_ID="$CLIENT_ACCESS_KEY" AWS_SECRET_ACCESS_KEY="$CLIENT_SECRET_KEY" \
    AWS_DEFAULT_REGION=us-east-1 RESTIC_PASSWORD=only-a-test RESTIC_CACHE_DIR="$WORK/restic/cache" \
    restic --cacert "$CLIENT_CA" "$@"
}

run_restic() {
  CLIENT=restic
  mkdir -p "$WORK/restic/data"
  cd "$WORK/restic" || return 1
  body sealed data/large "$((64 << 20))"
  body sealed data/small 20000
  repository sealed sealed restic
  repository open open restic
}

# repository TITLE BUCKET FOLDER
repository() {
  local title=$1 repo=s3:$ENDPOINT/$2/$3 marker
  marker=$(new_marker "$title")
  check "$title: restic init" restic_ -r "$repo" init
  check "$title: restic backup, 64 MiB" restic_ -r "$repo" backup data
  check "$title: restic key add" add_key "$repo" "$marker"
  check "$title: restic check --read-data" restic_ -r "$repo" check --read-data
  check "$title: restic restore" restored "$repo"
  check "$title: restic forget --prune" restic_ -r "$repo" forget --keep-last 1 --prune
  check "$title: restic's objects, direct read" every_object "$title" "$2" "$3"
}

add_key() {
  echo another-test-password >password
  restic_ -r "$1" key add --host "$2" --new-password-file password
}

restored() {
  rm -rf restored
  restic_ -r "$1" restore latest --target restored && diff -r data restored/data
}

every_object() {
  local object_key count=0
  while read -r object_key; do
    "$1_status" "$2" "$object_key" || return 1
    count=$((count + 1))
  done < <(curl -K "$WORK/direct.curlrc" "https://localhost:$RGW_PORT/$2/?prefix=$3" | grep -oE '<Key>[^<]*' | sed 's/<Key>//')
  ((count > 5))
}

sealed_status() {
  [[ ${DIRECT:-} != 1 ]] || return 0
  equal 400 "$(direct GET "$1" "$2" /dev/null)" && with_ssec_key get new "$1" "$2" /dev/null
}

open_status() { equal 200 "$(direct GET "$1" "$2" /dev/null)"; }
