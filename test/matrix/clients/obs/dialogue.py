"""A deed a line on standard input, an answer a line on standard output; fields are parted by tabs."""

import os
import socket
import sys


def hold(verbs):
    out = sys.stdout
    # What a library prints is no answer.
    sys.stdout = sys.stderr
    resolve_localhost()
    for line in sys.stdin:
        verb, *args = line.rstrip('\n').split('\t')
        try:
            answer = ['ok', *(str(each) for each in verbs[verb](*args) or [])]
        except Exception as failure:
            answer = ['failed', ' '.join(f'{type(failure).__name__}: {failure}'.split())]
        print('\t'.join(answer), file=out, flush=True)


def resolve_localhost():
    """Names below localhost are loopback addresses (RFC 6761, 6.3); not every C library knows."""
    ask = socket.getaddrinfo

    def getaddrinfo(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else host
        return ask('127.0.0.1' if name and name.endswith('.localhost') else host, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo


def setting(name):
    return os.environ[name]
