# POST object forms, sent by curl as a browser sends them: fields, then the file.

run_forms() {
  CLIENT=forms
  mkdir -p "$WORK/forms"
  cd "$WORK/forms" || return 1
  form_area 4 sealed
  form_area 4 open
  body sealed small 20000
  check 'a form with success_action_status 201: the document' form_answers_201
  check 'a form with success_action_redirect' form_redirects
  body sealed refused 20000
  check 'a form after its time: refused, nothing stored' form_refused 403 refused 4 sealed forms/late -1
  check 'a form of which a field was changed: refused, nothing stored' form_changed key
  check 'a form of which the signature was changed: refused, nothing stored' form_changed x-amz-signature
  check 'a form with a field that the policy does not name: refused, nothing stored' form_with_more
  : >empty
  check 'a form with an empty file, where the policy wants a byte: refused' form_refused 400 empty 4 sealed forms/empty
  check 'a form under SigV2, which is off: refused, nothing stored' form_refused 400 refused 2 sealed forms/v2
}

# form_area 2|4 sealed|open
form_area() {
  local size
  for size in 20000 $((64 << 20)); do
    body "$2" file "$size"
    check "$2: a form, SigV$1, $size bytes" form_stored "$1" "$2" "forms/v$1/$size" file
    check "$2: a form, SigV$1, direct read, $size bytes" "$2" "$2" "forms/v$1/$size" file
  done
}

# form VERSION BUCKET OBJECT_KEY [SECONDS [FIELD=VALUE…]]: its fields, in `fields`.
form() {
  AWS_ACCESS_KEY_ID=$CLIENT_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$CLIENT_SECRET_KEY \
    /usr/bin/python3 "$here/clients/form_fields.py" "$@" >fields
}

# submit BUCKET FILE: prints the status; head and body of the answer are in `head` and `answer`.
submit() {
  local line options=()
  while IFS= read -r line; do options+=(--form-string "$line"); done <fields
  curl -sS --max-time 120 --cacert "$CLIENT_CA" -D head -o answer -w '%{http_code}' -H 'Origin: https://site.example' \
    "${options[@]}" -F "file=@$2;type=image/png;filename=a \"photo\".png" "$ENDPOINT/$1"
}

form_stored() {
  form "$1" "$2" "$3" 60 Content-Type=text/x-form x-amz-meta-colour=blue && equal 204 "$(submit "$2" "$4")" &&
    grep -qi '^etag: ' head
}

form_answers_201() {
  form 4 sealed forms/status 60 success_action_status=201 && equal 201 "$(submit sealed small)" &&
    grep -q '<Key>forms/status</Key>' answer && grep -q "<Location>$ENDPOINT/sealed/forms/status</Location>" answer &&
    sealed sealed forms/status small
}

form_redirects() {
  form 4 sealed forms/redirect 60 success_action_redirect=https://site.example/done &&
    equal 303 "$(submit sealed small)" &&
    grep -qi '^location: https://site.example/done?bucket=sealed&key=forms%2Fredirect' head &&
    sealed sealed forms/redirect small
}

# form_refused STATUS FILE VERSION BUCKET OBJECT_KEY [SECONDS]
form_refused() {
  form "${@:3}" && equal "$1" "$(submit "$4" "$2")" && cat answer && absent "$4" "$5"
}

# form_changed FIELD
form_changed() {
  form 4 sealed forms/changed && sed -i "/^$1=/ {s/X\$/Y/; t; s/0\$/1/; t; s/.\$/$([[ $1 == key ]] && echo X || echo 0)/}" fields &&
    equal 403 "$(submit sealed refused)" && cat answer && absent sealed forms/changed && absent sealed forms/changeX
}

form_with_more() {
  form 4 sealed forms/more && echo x-amz-meta-more=1 >>fields && equal 403 "$(submit sealed refused)" && cat answer &&
    absent sealed forms/more
}
