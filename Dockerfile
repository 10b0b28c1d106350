# Debian's libraries, Node.js and the program, and nothing else: no shell, no package manager, no npm. What is copied here
# is made by `npm run image` (docs/start/install.md), for amd64 and arm64.
FROM scratch
ARG TARGETARCH
COPY build/image/${TARGETARCH}/debian/ /
COPY build/image/${TARGETARCH}/node/ /
COPY build/image/app/ /app/
LABEL org.opencontainers.image.title="ssec-proxy"
LABEL org.opencontainers.image.description="A proxy that gives every S3 client SSE-C without changing the client"
LABEL org.opencontainers.image.licenses="Apache-2.0"
LABEL org.opencontainers.image.version="0.1.0"
ENV NODE_ENV=production
# The allocator of glibc keeps what closed connections had; this one gives it back: docs/operate/sizing.md.
ENV LD_PRELOAD=libjemalloc.so.2
# What is free goes back within seconds. Nearly all is allocated by one thread: two arenas are enough.
ENV MALLOC_CONF=background_thread:true,narenas:2,dirty_decay_ms:1000
WORKDIR /app
# A number, because Kubernetes can't tell from a name that it is not root.
USER 10001:10001
EXPOSE 8443 8990
# Kubernetes takes no notice of it, and has probes.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["/usr/local/bin/node", "/app/dist/main.js", "healthcheck", "/etc/ssec-proxy/config.yaml"]
# Many slow transfers are many short-lived buffers; with a small young generation Node lets go of them soon. V8 starts
# four threads by default, whatever they have to do.
# Who collects young garbage does it alone: with help it waits for threads that a busy machine does not run.
# SIGUSR1 opens no debugger, from the first moment on: this process holds keys.
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=2", "--v8-pool-size=2", "--no-parallel-scavenge", "--disable-sigusr1", "/app/dist/main.js"]
CMD ["serve", "/etc/ssec-proxy/config.yaml"]
