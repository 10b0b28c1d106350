# Copies. Sourced, and run at once, by the suite. Left to itself, this Ceph answers 200 to a copy of a plain object to an
# encrypted one and stores it in plain, and 501 to a copy of an encrypted one: the proxy reads and writes instead.

# The words of AccessDenied, whichever of code, status and message a client prints.
access_denied='Access ?Denied|Forbidden|\b403\b'

copies() {
  check 'copy open → open' copy_works open "$CLIENT/small" open "$CLIENT/copied"
  if [[ ${DIRECT:-} == 1 ]]; then return; fi
  check 'copy open → sealed' copy_is_sealed open "$CLIENT/small" sealed "$CLIENT/from-open"
  check 'copy sealed → sealed' copy_is_sealed sealed "$CLIENT/small" sealed "$CLIENT/copied"
  check 'copy sealed, older SSE-C key → sealed' copy_is_sealed sealed old/object sealed "$CLIENT/renewed"
  check 'copy plain/ → rest of mixed' copy_is_sealed mixed "plain/$CLIENT/small" mixed "secret/$CLIENT/from-plain"
  check 'copy sealed → open: refused, nothing stored' copy_refused sealed "$CLIENT/small" open "$CLIENT/from-sealed"
  check 'copy sealed → open where the rule declassifies' declassified
}

copy_works() {
  copy "$@" && direct GET "$1" "$2" original >/dev/null && open "$3" "$4" original
}

# copy_is_sealed BUCKET OBJECT_KEY TO_BUCKET TO_OBJECT_KEY
copy_is_sealed() {
  rm -f original
  copy "$@" && get "$1" "$2" original && sealed "$3" "$4" original
}

copy_refused() {
  refused "$access_denied" copy "$@" && absent "$3" "$4"
}

# The body has a marker that must be on the store's disks in the end.
declassified() {
  body open secret-once 9000
  put secret-once sealed "$CLIENT/secret-once" && sealed sealed "$CLIENT/secret-once" secret-once &&
    copy sealed "$CLIENT/secret-once" open "released/$CLIENT" && open open "released/$CLIENT" secret-once
}

copies
