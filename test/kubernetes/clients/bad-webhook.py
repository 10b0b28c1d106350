"""A webhook as it should not be: it accepts connections and never answers, or shows a certificate that has expired."""

import http.server
import ssl
import sys
import time


class Silent(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        time.sleep(600)


server = http.server.ThreadingHTTPServer(("0.0.0.0", 8443), Silent)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
print("listening", file=sys.stderr, flush=True)
server.serve_forever()
