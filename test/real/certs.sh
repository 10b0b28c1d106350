# A throw-away certificate authority and one server certificate. Sourced.

# make_certs DIR: ca.pem, server.pem and server.key in DIR, for localhost and 127.0.0.1, good for two days.
make_certs() {
  local dir=$1
  mkdir -p "$dir"
  (
    cd "$dir"
    umask 077
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -new -x509 -key ca.key -out ca.pem -days 2 -subj "/CN=throw-away test CA" \
      -addext keyUsage=critical,keyCertSign
    openssl ecparam -name prime256v1 -genkey -noout -out server.key
    openssl req -new -key server.key -out server.csr -subj /CN=localhost
    printf '%s\n' 'subjectAltName = DNS:localhost, IP:127.0.0.1' 'extendedKeyUsage = serverAuth' >server.ext
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
      -extfile server.ext -out server.pem
  ) >"$dir/openssl.log" 2>&1 || { cat "$dir/openssl.log" >&2; return 1; }
}
