# Clients that sign with version 2, in headers and in links, through a proxy that takes it.

SIGV2_PROXY_PORT=${SIGV2_PROXY_PORT:-27848}
SIGV2_ADMIN_PORT=${SIGV2_ADMIN_PORT:-27992}

run_sigv2() {
  CLIENT=sigv2
  mkdir -p "$WORK/sigv2"
  cd "$WORK/sigv2" || return 1
  check 'SigV2 is off: refused by name' off_by_name
  check 'a proxy with sigv2: true' start_other_proxy sigv2 "$SIGV2_PROXY_PORT" "$SIGV2_ADMIN_PORT" 's/^admin:/sigv2: true\nadmin:/'
  WITHOUT_V2=$ENDPOINT ENDPOINT=https://localhost:$SIGV2_PROXY_PORT
  (form_area 2 sealed)
  for client in boto3 awscli s3cmd curl; do (signs_v2 "$client"); done
  stop_daemon "$WORK/sigv2/pid"
  check "no secret in the log of the proxy with sigv2: true" log_is_clean "$WORK/sigv2/log"
}

# signs_v2 CLIENT: the small checks of the suite, and links.
signs_v2() {
  SIGNATURE=s3
  CLIENT=$1-v2
  mkdir -p "$WORK/$CLIENT"
  cd "$WORK/$CLIENT" || return 1
  if [[ $1 == curl ]]; then
    source "$here/clients/curl_v2.sh"
  else
    source "$here/clients/$1.sh"
  fi
  if [[ $1 == awscli ]] && ! old_awscli; then
    echo 'no AWS CLI here signs with version 2: its column stays empty (AWSCLI1=… names one)'
    return
  fi
  area 'SigV2, open' open "$CLIENT/" open
  area 'SigV2, sealed' sealed "$CLIENT/" sealed
  check 'SigV2, sealed: ranged get' ranged small sealed "$CLIENT/small" 4000 9000
  check 'SigV2, sealed: delete one' delete_one sealed "$CLIENT/gone"
  check 'SigV2, sealed: delete many' delete_several sealed "$CLIENT/many/"
  if [[ $1 != curl ]]; then
    body sealed large 20000000
    check 'SigV2, sealed: put, 20 MB' put large sealed "$CLIENT/large"
    check 'SigV2, sealed: get, 20 MB' round_trip sealed "$CLIENT/large" large
    check 'SigV2, sealed: direct read, 20 MB' sealed sealed "$CLIENT/large" large
  fi
  [[ $1 != boto3 ]] || check_links
  # Last: s3cmd's settings name the endpoint.
  check 'SigV2, where it is off: refused, nothing stored' refused_where_off
}

# So these clients do sign with version 2.
refused_where_off() {
  local ENDPOINT=$WITHOUT_V2
  if declare -F write_s3cmd_settings >/dev/null; then write_s3cmd_settings; fi
  refused 'sigv2: true|InvalidRequest|\b400\b' put small sealed "$CLIENT/off" && absent sealed "$CLIENT/off"
}

check_links() {
  body sealed linked 20000
  check 'SigV2: a link to put with' link_puts put_object sealed boto3-v2/linked linked
  check 'SigV2: a link to put with, direct read' sealed sealed boto3-v2/linked linked
  check 'SigV2: a link to get with' presigned_get sealed boto3-v2/linked linked
  check 'SigV2: a link that was changed: refused' link_is_for_one_object
}

# link_puts OPERATION BUCKET OBJECT_KEY FILE
link_puts() {
  local url
  url=$(boto presign "$2" "$3" "$1") && [[ $url == *Signature=* && $url != *X-Amz-Signature=* ]] &&
    curl -sSf --max-time 60 --cacert "$CLIENT_CA" -H 'Content-Type:' -T "$4" "$url"
}

link_is_for_one_object() {
  local url
  url=$(boto presign sealed boto3-v2/small) &&
    equal 403 "$(curl -sS --max-time 60 --cacert "$CLIENT_CA" -o answer -w '%{http_code}' "${url/small/linked}")" &&
    grep -q SignatureDoesNotMatch answer
}

off_by_name() {
  local date
  date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
  equal 400 "$(curl -sS --max-time 60 --cacert "$CLIENT_CA" -o answer -w '%{http_code}' -H "Date: $date" \
    -H "Authorization: AWS $CLIENT_ACCESS_KEY:AAAAAAAAAAAAAAAAAAAAAAAAAAA=" "$ENDPOINT/sealed/x")" &&
    grep -q 'sigv2: true' answer
}

# An AWS CLI that does sign with version 2: 1.22 does, 1.45 takes the setting and ignores it, 2 has no version 2. Named in
# AWSCLI1, or the first `aws` that does.
old_awscli() {
  local candidate said
  while read -r candidate; do
    # Nothing listens there: what it says before it fails is what counts.
    said=$(AWS_CONFIG_FILE=aws.conf AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_MAX_ATTEMPTS=1 timeout 30 \
      "$candidate" --debug --region us-east-1 --endpoint-url http://127.0.0.1:9 s3api head-object --bucket b --key k 2>&1)
    if [[ $said == *'using hmacv1 auth'* ]]; then
      AWS_COMMAND=$candidate
      return
    fi
  done < <(printf '%s\n' ${AWSCLI1:-}; type -ap aws)
  return 1
}
