# syntax=docker/dockerfile:1
FROM node:24-bookworm-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
COPY web/shared/package.json shared/package.json
COPY web/widget/package.json widget/package.json
COPY web/desk/package.json desk/package.json
COPY web/demo/package.json demo/package.json
RUN npm ci
COPY web ./
RUN mkdir -p ../api/pages && npm run build

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/funnel
WORKDIR /build
COPY requirements/run.lock requirements/run.lock
RUN /opt/funnel/bin/pip install --require-hashes -r requirements/run.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY funnel funnel
COPY kb kb
COPY bots bots
COPY api api
COPY migrations migrations
COPY --from=web /build/api/pages/files api/pages/files
RUN /opt/funnel/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/funnel --shell /usr/sbin/nologin funnel
COPY --from=build /opt/funnel /opt/funnel
ENV PATH=/opt/funnel/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FUNNEL_SERVER__HOST=0.0.0.0 \
    FUNNEL_SERVER__PORT=8000 \
    FUNNEL_DATABASE__DATA_DIR=/var/lib/funnel/data
USER funnel
WORKDIR /var/lib/funnel
VOLUME /var/lib/funnel
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['FUNNEL_SERVER__PORT'] + '/readyz', timeout=2)"]
CMD ["funnel", "serve"]
