# Copies on the store's side. Sourced, and run at once, by the suite. This Ceph answers 200 to a copy of a plain
# object to an encrypted one and stores it in plain, and 501 to a copy of an encrypted one: the proxy has to refuse
# all three combinations with an encrypted end, and nothing may be stored.

# The words of NotImplemented, whichever of code, status and message a client prints.
not_implemented='NotImplemented|Not ?Implemented|\b501\b'

# copy_refused BUCKET OBJECT_KEY TO_BUCKET TO_OBJECT_KEY
copy_refused() {
  refused "$not_implemented" copy "$@" && absent "$3" "$4"
}

copies() {
  local bucket
  check 'copy open → open' copy_works open "$CLIENT/small" open "$CLIENT/copied"
  if [[ ${DIRECT:-} == 1 ]]; then return; fi
  check 'copy open → sealed: refused, nothing stored' copy_refused open "$CLIENT/small" sealed "$CLIENT/from-open"
  check 'copy sealed → open: refused, nothing stored' copy_refused sealed "$CLIENT/small" open "$CLIENT/from-sealed"
  check 'copy sealed → sealed: refused, nothing stored' copy_refused sealed "$CLIENT/small" sealed "$CLIENT/copied"
  check 'copy plain/ → rest of mixed: refused, nothing stored' \
    copy_refused mixed "plain/$CLIENT/small" mixed "secret/$CLIENT/from-plain"
}

copy_works() {
  copy "$@" && direct GET "$1" "$2" original >/dev/null && open "$3" "$4" original
}

copies
