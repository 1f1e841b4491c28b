# syntax=docker/dockerfile:1
# Built at the root of the repository, after `npm run pack`:
#   docker build -f deploy/docker/gsd.Dockerfile -t group-services/gsd .
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
# The folder of the socket is shared with the processes of the host or pod.
RUN install -d -o node -g node -m 0755 /run/group-services
USER node
VOLUME /run/group-services
EXPOSE 7401 7491
# A container's name does not return; give --node, and drop this, where it does.
ENV GS_EPHEMERAL=true \
    GS_LISTEN=tcp://0.0.0.0:7401
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["node", "-e", "fetch('http://127.0.0.1:7491/readyz').then((it) => process.exit(it.ok ? 0 : 1), () => process.exit(1))"]
# gsd handles signals itself and starts no other process, so that it may be process 1.
ENTRYPOINT ["gsd"]
