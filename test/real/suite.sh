# What every client does. Sourced. A client is a file of functions in clients/:
#
#   put FILE BUCKET OBJECT_KEY        get BUCKET OBJECT_KEY FILE       size BUCKET OBJECT_KEY (prints bytes)
#   list BUCKET PREFIX (prints object keys)    delete BUCKET OBJECT_KEY
#   copy BUCKET OBJECT_KEY TO_BUCKET TO_OBJECT_KEY    delete_many BUCKET PREFIX
# and where the client can do it:
#   range BUCKET OBJECT_KEY FIRST LAST FILE     resume BUCKET OBJECT_KEY FILE (which holds the first bytes)
#   sync_up FOLDER BUCKET PREFIX     sync_down BUCKET PREFIX FOLDER

SMALL=20000
LARGE=$((64 << 20))

# run_suite CLIENT
run_suite() {
  CLIENT=$1
  mkdir -p "$WORK/$CLIENT"
  cd "$WORK/$CLIENT" || return 1
  source "$here/clients/$CLIENT.sh"
  area sealed sealed "$CLIENT/"
  area open open "$CLIENT/"
  area 'mixed, encrypted part' mixed "secret/$CLIENT/" sealed
  area 'mixed, plain part' mixed "plain/$CLIENT/" open
  check 'sealed: get an object under an older SSE-C key' round_trip sealed old/object "$WORK/old-object"
  source "$here/copies.sh"
  if declare -F own_checks >/dev/null; then own_checks; fi
}

# area TITLE BUCKET PREFIX [sealed|open]: with the fourth only the small checks.
area() {
  local title=$1 bucket=$2 prefix=$3 kind=${4:-$2} seen
  body "$kind" small "$SMALL"
  check "$title: put, small" put small "$bucket" "${prefix}small"
  check "$title: get, small" round_trip "$bucket" "${prefix}small" small
  check "$title: direct read" "$kind" "$bucket" "${prefix}small" small
  check "$title: head" has_size "$bucket" "${prefix}small" "$SMALL"
  check "$title: list" lists "$bucket" "${prefix}" "${prefix}small"
  [[ -n ${4:-} ]] || whole_area "$title" "$bucket" "$prefix" "$kind"
}

whole_area() {
  local title=$1 bucket=$2 prefix=$3 kind=$4
  check "$title: ranged get" ranged small "$bucket" "${prefix}small" 4000 9000
  body "$kind" large "$LARGE"
  check "$title: put, 64 MiB" put large "$bucket" "${prefix}large"
  check "$title: get, 64 MiB" round_trip "$bucket" "${prefix}large" large
  check "$title: direct read, 64 MiB" "$kind" "$bucket" "${prefix}large" large
  # Across the border of two parts, whether they are of 5, 8 or 15 MB.
  check "$title: ranged get, 64 MiB" ranged large "$bucket" "${prefix}large" 5000000 16000000
  if declare -F sync_up >/dev/null; then check "$title: sync" sync_both_ways "$bucket" "${prefix}tree/" "$kind"; fi
  check "$title: delete one" delete_one "$bucket" "${prefix}gone"
  check "$title: delete many" delete_several "$bucket" "${prefix}many/"
}

round_trip() {
  rm -f got
  get "$1" "$2" got && cmp "$3" got
}

has_size() {
  equal "$3" "$(size "$1" "$2")"
}

lists() {
  list "$1" "$2" | grep -Fxq "$3"
}

# ranged FILE BUCKET OBJECT_KEY FIRST LAST
ranged() {
  rm -f got
  if declare -F range >/dev/null; then
    range "$2" "$3" "$4" "$5" got && equal $(($5 - $4 + 1)) "$(stat -c %s got)" && cmp -i "$4:0" -n $(($5 - $4 + 1)) "$1" got
  else
    head -c "$4" "$1" >got && resume "$2" "$3" got && cmp "$1" got
  fi
}

sync_both_ways() {
  local name
  rm -rf up down
  mkdir -p up/deep
  for name in one two deep/three; do body "$3" "up/$name" 9000 || return 1; done
  sync_up up "$1" "$2" && "$3" "$1" "$2"deep/three up/deep/three &&
    sync_down "$1" "$2" down && diff -r up down
}

delete_one() {
  echo short-lived >tmp
  put tmp "$1" "$2" && delete "$1" "$2" && absent "$1" "$2"
}

delete_several() {
  local name
  echo short-lived >tmp
  for name in one two three; do put tmp "$1" "$2$name" || return 1; done
  delete_many "$1" "$2" && for name in one two three; do absent "$1" "$2$name" || return 1; done
}
