# Kept to what every builder understands: no heredocs, no COPY --link.
# The same major as the npm package `node` that pins the developers' runtime; that package itself stays out of the image.
# For a reproducible build give it with its digest: --build-arg NODE_IMAGE=node:26-slim@sha256:…
ARG NODE_IMAGE=node:26-slim

# What is built is JavaScript, the same for every processor: built once, on the builder's own.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Nothing of what is built here needs an install script, and so none is run.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY src ./src
COPY libs ./libs
# The optional packages are native twins of what the Kafka client has in WebAssembly as well.
RUN node_modules/.bin/nest build \
 && npm prune --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund \
 && test ! -e node_modules/node \
 && test -z "$(find node_modules -name '*.node')" \
 && mkdir /data \
 && printf '#!/bin/sh\nexec node /app/dist/src/commands/inlet.js "$@"\n' > /inlet \
 && chmod 755 /inlet

# Nothing is run here: another processor's image needs no emulation.
FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Inlet" \
      org.opencontainers.image.description="An open capture gateway: product-analytics events in, Kafka out." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/var/lib/inlet
WORKDIR /app
# The user `node` (1000) comes with the base image. What it may write is the data directory alone.
COPY --from=build --chown=1000:1000 /data /var/lib/inlet
COPY --from=build /app/package.json ./
COPY openapi.yaml ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# `inlet doctor`, `inlet tail`, … in the container.
COPY --from=build /inlet /usr/local/bin/inlet
# As a number: Kubernetes cannot see that a name is not root's.
USER 1000:1000
VOLUME /var/lib/inlet
EXPOSE 3000
STOPSIGNAL SIGTERM
# Liveness, not readiness: a gateway whose brokers are away still takes events.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/_liveness`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Without a shell or npm between, signals reach the gateway itself.
CMD ["node", "dist/src/main.js"]
