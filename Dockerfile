# syntax=docker/dockerfile:1
# The host in a container: docker build --tag bluetick .
# It runs as a user of its own on a file system that may be read-only; what it keeps is in /data.

FROM node:24-trixie-slim AS pages
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json ./
COPY bot/package.json bot/
# No script of a package runs: those bring what tests and developers need.
RUN npm ci --ignore-scripts
COPY middleware middleware
COPY bot bot
RUN node node_modules/vite/bin/vite.js build --config bot/console/vite.config.ts

FROM node:24-trixie-slim AS packages
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY bot/package.json bot/
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-trixie-slim
# Nothing installs anything from here on.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-*
# A volume that is made for this folder has its owner and its mode.
RUN install --directory --owner=node --group=node --mode=700 /data
WORKDIR /app
# All of it belongs to root: the host cannot change its own code.
COPY package.json ./
COPY --from=packages /build/node_modules node_modules
COPY --from=pages /build/dist/web dist/web
COPY middleware middleware
COPY bot bot
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3978 BLUETICK_DATA=/data
VOLUME /data
EXPOSE 3978
# By its number, so that a platform sees that it is not root.
USER 1000:1000
STOPSIGNAL SIGTERM
# That the process lives. Not /readyz: a restart mends no database that is away.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the first process: it gets SIGTERM, and ends in order.
CMD ["node", "bot/index.js"]
