# Glasshouse in a container: docs/containers.md has how to run it.
ARG BASE=docker.io/library/node:24-bookworm-slim

FROM ${BASE} AS build
# npm then leaves the development tools out.
ENV NODE_ENV=production
WORKDIR /app
COPY . .
# Installs, and builds the console: nothing is left to do at a start.
RUN node bin/launch.mjs web/build.ts && rm -rf /root/.npm

FROM ${BASE}
# What an upgrade of a large database sorts has no room in a /tmp of memory.
ENV NODE_ENV=production \
    GLASSHOUSE_DATA_DIR=/data \
    SQLITE_TMPDIR=/data
WORKDIR /app
# Owned by root: the program can't change itself.
COPY --from=build /app /app
# 10001: a number that no machine gives to a person.
RUN mkdir -m 0700 /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
EXPOSE 4180
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "bin/healthy.mjs"]
ENTRYPOINT ["node", "bin/glasshouse.mjs"]
CMD ["serve"]
