# syntax=docker/dockerfile:1
# Built at the root of the repository, after `npm run pack`:
#   docker build -f deploy/docker/gsns.Dockerfile -t group-services/gsns .
FROM node:24-bookworm-slim AS install
WORKDIR /opt/group-services
COPY packed/*.tgz /packages/
RUN npm init --yes >/dev/null \
    && npm install --omit=dev --omit=optional --no-audit --no-fund /packages/*.tgz \
    && rm -rf /packages /root/.npm

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    PATH=/opt/group-services/node_modules/.bin:$PATH
COPY --from=install /opt/group-services /opt/group-services
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 7400 7490
ENV GS_LISTEN=tcp://0.0.0.0:7400 \
    GS_STORE=file:/data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["node", "-e", "fetch('http://127.0.0.1:7490/healthz').then((it) => process.exit(it.ok ? 0 : 1), () => process.exit(1))"]
# gsns handles signals itself and starts no other process, so that it may be process 1.
ENTRYPOINT ["gsns"]
