# The same major as the npm package `node` that pins the developers' runtime; that package itself stays out of the image.
ARG NODE_VERSION=26

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY src ./src
COPY libs ./libs
RUN npm run build && npm prune --omit=dev --no-audit --no-fund && test ! -e node_modules/node

FROM node:${NODE_VERSION}-slim
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
RUN install -d -o node -g node -m 0700 /var/lib/inlet
COPY --from=build /app/package.json ./
COPY openapi.yaml ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
VOLUME /var/lib/inlet
EXPOSE 3000
STOPSIGNAL SIGTERM
# Liveness, not readiness: a gateway whose brokers are away still takes events.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/_liveness`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Without a shell or npm between, signals reach the gateway itself.
CMD ["node", "dist/src/main.js"]
