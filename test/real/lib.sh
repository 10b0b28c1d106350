# Checks and their table. Sourced. Needs $WORK, a temporary folder.

# check CELL COMMAND…: runs it, records whether it succeeded, and goes on. The cell belongs to $CLIENT.
check() {
  local cell=$1 log verdict=ok
  shift
  log="$WORK/out/$CLIENT-${cell//[^A-Za-z0-9]/-}.log"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    verdict=FAILED
    printf 'FAILED: %s: %s\n' "$CLIENT" "$cell" >&2
    tail -n 8 "$log" | cut -c1-300 | sed 's/^/    /' >&2
  fi
  printf '%s\t%s\t%s\n' "$cell" "$CLIENT" "$verdict" >>"$WORK/results"
}

# refused PATTERN COMMAND…: the command has to fail, and to say PATTERN (an extended regular expression).
refused() {
  local pattern=$1 said
  shift
  if said=$("$@" 2>&1); then
    printf 'this should have failed: %s\n%s\n' "$*" "$said"
    return 1
  fi
  printf '%s\n' "$said"
  grep -Eq -- "$pattern" <<<"$said"
}

# equal WANT GOT
equal() {
  [[ $1 == "$2" ]] || { printf 'wanted: %s\ngot:    %s\n' "$1" "$2"; return 1; }
}

# print_table: a line a cell, a column a client, and the count as the last line. Fails when a check failed.
print_table() {
  awk -F '\t' '
    !($1 in seenCell) { seenCell[$1] = 1; cells[++cellCount] = $1; if (length($1) > width) width = length($1) }
    !($2 in seenClient) { seenClient[$2] = 1; clients[++clientCount] = $2 }
    { verdicts[$1, $2] = $3; if ($3 == "ok") passed++; else failed++ }
    END {
      printf "%-*s", width, ""
      for (c = 1; c <= clientCount; c++) printf "  %-7s", clients[c]
      print ""
      for (r = 1; r <= cellCount; r++) {
        printf "%-*s", width, cells[r]
        for (c = 1; c <= clientCount; c++) {
          verdict = verdicts[cells[r], clients[c]]
          printf "  %-7s", verdict == "" ? "-" : verdict
        }
        print ""
      }
      printf "\n%d passed, %d failed\n", passed, failed
      exit failed > 0 || passed == 0
    }' "$WORK/results"
}
