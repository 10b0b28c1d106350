# curl, with a signature of version 2 made by hand.
# https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html

# signed METHOD BUCKET OBJECT_KEY SUB_RESOURCE CONTENT_MD5 CURL-OPTION…
signed() {
  local method=$1 resource=/$2/$3$4 md5=$5 url=$ENDPOINT/$2/$3 date signature
  shift 5
  date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
  signature=$(printf '%s\n%s\n\n%s\n%s' "$method" "$md5" "$date" "$resource" | hmac_sha1)
  curl -sS --fail-with-body --max-time 120 --cacert "$CLIENT_CA" -H "Date: $date" -H 'Content-Type:' \
    ${md5:+-H "Content-MD5: $md5"} -H "Authorization: AWS $CLIENT_ACCESS_KEY:$signature" "$@" "${URL:-$url}"
}

# The secret stays out of arguments, which everyone can see.
hmac_sha1() {
  CLIENT_SECRET_KEY=$CLIENT_SECRET_KEY /usr/bin/python3 -c '
import base64, hashlib, hmac, os, sys
text = sys.stdin.buffer.read()
print(base64.b64encode(hmac.new(os.environ["CLIENT_SECRET_KEY"].encode(), text, hashlib.sha1).digest()).decode())'
}

put() { signed PUT "$2" "$3" '' '' -T "$1"; }
get() { signed GET "$1" "$2" '' '' -o "$3"; }
size() { signed HEAD "$1" "$2" '' '' -I | tr -d '\r' | sed -n 's/^content-length: //Ip'; }
range() { signed GET "$1" "$2" '' '' -r "$3-$4" -o "$5"; }
list() { URL="$ENDPOINT/$1/?prefix=${2//\//%2F}" signed GET "$1" '' '' '' | grep -oE '<Key>[^<]*' | sed 's/<Key>//'; }
delete() { signed DELETE "$1" "$2" '' '' -X DELETE; }

delete_many() {
  local md5
  list "$1" "$2" | sed 's|.*|<Object><Key>&</Key></Object>|' | { echo '<Delete>'; cat; echo '</Delete>'; } >delete.xml
  md5=$(openssl dgst -md5 -binary delete.xml | base64)
  URL="$ENDPOINT/$1/?delete" signed POST "$1" '' '?delete' "$md5" --data-binary @delete.xml
}
