# curl with --aws-sigv4: an S3 client with nothing but signatures.

write_curl_settings() {
  (
    umask 077
    cat >client.curlrc <<RC
silent
show-error
fail-with-body
max-time = 120
cacert = "$CLIENT_CA"
aws-sigv4 = "aws:amz:us-east-1:s3"
user = "$CLIENT_ACCESS_KEY:$CLIENT_SECRET_KEY"
header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"
RC
  )
}
write_curl_settings

curl_() { curl -K "$WORK/curl/client.curlrc" "$@"; }

put() { curl_ -T "$1" "$ENDPOINT/$2/$3"; }
get() { curl_ -o "$3" "$ENDPOINT/$1/$2"; }
size() { curl_ -I "$ENDPOINT/$1/$2" | tr -d '\r' | sed -n 's/^content-length: //Ip'; }
range() { curl_ -r "$3-$4" -o "$5" "$ENDPOINT/$1/$2"; }
list() { curl_ "$ENDPOINT/$1/?prefix=${2//\//%2F}" | grep -oE '<Key>[^<]*' | sed 's/<Key>//'; }
delete() { curl_ -X DELETE "$ENDPOINT/$1/$2"; }
copy() { curl_ -X PUT -H "x-amz-copy-source: /$1/$2" "$ENDPOINT/$3/$4"; }

delete_many() {
  local md5
  list "$1" "$2" | sed 's|.*|<Object><Key>&</Key></Object>|' | { echo '<Delete>'; cat; echo '</Delete>'; } >delete.xml
  md5=$(openssl dgst -md5 -binary delete.xml | base64)
  # curl 7.88 signs `delete` as it stands, and not as the `delete=` of the canonical form.
  curl_ --data-binary @delete.xml -H "content-md5: $md5" "$ENDPOINT/$1/?delete="
}
