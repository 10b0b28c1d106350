# What `doctor` says of Ceph: of the config under test, and of one that calls it by another name. Sourced.

run_doctor() {
  CLIENT=doctor
  mkdir -p "$WORK/doctor"
  cd "$WORK/doctor" || return 1
  (umask 077; write_config >config.yaml; sed 's/provider: ceph/provider: aws\n  addressing: path/' config.yaml >aws.yaml)
  check 'doctor: the row of Ceph fits Ceph' row_fits
  check 'doctor: another row is found out, with its mend' row_found_out
  for client in restic registry cnpg loki velero; do check "doctor --as $client" rehearsed "$client"; done
  check 'doctor: no probe is left' nothing_left
}

# doctor CONFIG [OPTION…]: what it says is in `said`.
doctor() {
  (cd "$root" && node_modules/.bin/node src/main.ts doctor "$WORK/doctor/$1" "${@:2}") >said 2>&1
  local code=$?
  cp said "said.$*"
  return "$code"
}

row_fits() {
  doctor config.yaml && grep -q 'provider row.*ceph is the row that fits best' said && ! grep -q STOP said
}

row_found_out() {
  ! doctor aws.yaml && grep -q 'STOP.*provider row.*a ring ends at its first key' said &&
    grep -q 'mend: upstream.provider: ceph' said
}

rehearsed() {
  doctor config.yaml --as "$1" && grep -q 'were answered as it wants' said && grep -q 'none to be read without a key' said
}

nothing_left() {
  equal 200 "$(direct GET sealed '?prefix=.ssec-proxy-doctor-&versions=' left)" &&
    ! grep -q '<Key>' left
}
