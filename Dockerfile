# syntax=docker/dockerfile:1
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/funnel
WORKDIR /build
COPY requirements/run.lock requirements/run.lock
RUN /opt/funnel/bin/pip install --require-hashes -r requirements/run.lock
COPY pyproject.toml README.md LICENSE ./
COPY funnel funnel
COPY kb kb
COPY bots bots
COPY api api
COPY migrations migrations
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
