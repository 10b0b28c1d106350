FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src ./src
COPY page ./page
COPY scripts ./scripts
RUN npm run build

FROM node:26-slim
# The allocator of glibc keeps what closed connections had; this one gives it back: docs/operate/sizing.md.
RUN apt-get update && apt-get install -y --no-install-recommends libjemalloc2 && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
ENV LD_PRELOAD=libjemalloc.so.2
# What is free goes back within seconds. Nearly all is allocated by one thread: two arenas are enough.
ENV MALLOC_CONF=background_thread:true,narenas:2,dirty_decay_ms:1000
WORKDIR /app
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# A number, because Kubernetes can't tell from a name that it is not root.
USER 10001:10001
EXPOSE 8443 8990
# Many slow transfers are many short-lived buffers; with a small young generation Node lets go of them soon. The program
# collects what its start left behind, once, when it is quiet, for which it needs gc. V8 starts four threads by default, whatever they have to do.
# SIGUSR1 opens no debugger, from the first moment on: this process holds keys.
ENTRYPOINT ["node", "--max-semi-space-size=2", "--expose-gc", "--v8-pool-size=2", "--disable-sigusr1", "/app/dist/main.js"]
CMD ["serve", "/etc/ssec-proxy/config.yaml"]
