# The images of ricloop, by target: `ric`, `xapp`, `xapp-gpu`, `e2sim`. helm/README.md says how to build and run them.
# A release gives BASE by its digest.
ARG BASE=docker.io/library/debian:12.12-slim

# The interpreter, as Debian keeps it. Its packages bear no version here: Debian's mirrors drop a version when a fix of it
# comes, so a pin would break the build just when it should take the fix. What came is written down in each image's SBOM.
FROM ${BASE} AS python
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3 \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log /var/log/alternatives.log

# The wheel, with its native codec. Compiler, cmake and pip stay in this stage and those that are made of it.
FROM python AS build
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends cmake gcc libc6-dev ninja-build python3-dev python3-pip python3-venv \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/*
# Where pip finds packages, if not at PyPI: for this stage alone, and in no final image. Each is pip's own variable.
ARG PIP_CERT
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG PIP_FIND_LINKS
ENV PIP_CERT="${PIP_CERT}" PIP_INDEX_URL="${PIP_INDEX_URL}" PIP_EXTRA_INDEX_URL="${PIP_EXTRA_INDEX_URL}" PIP_FIND_LINKS="${PIP_FIND_LINKS}"
WORKDIR /src
COPY . .
# Without a compiler the build falls back to a pure wheel, which is called `any`: an image must have the native codec.
RUN python3 -m venv /opt/backend \
 && /opt/backend/bin/pip install --no-cache-dir --constraint constraints.txt scikit-build-core \
 && PATH="/opt/backend/bin:$PATH" pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
 && ls /wheels/ricloop-*-linux_*.whl

# With the client of Kubernetes, for the Lease of one controller at a time. uvloop: the loop's p99 is shorter with it.
FROM build AS for-ric
RUN /src/images/install.sh "$(ls /wheels/*.whl)[rpc,k8s,fast]"

FROM build AS for-xapp
RUN /src/images/install.sh "$(ls /wheels/*.whl)[rpc,fast]"

FROM build AS for-xapp-gpu
RUN /src/images/install.sh "$(ls /wheels/*.whl)[rpc,fast,ml]"

# The simulator opens no model, no certificate and no stream of gRPC: the wheel without its dependencies, and those that it does need.
FROM build AS for-e2sim
RUN /src/images/install.sh asn1tools numpy orjson prometheus-client pydantic pyyaml rich safetensors structlog typer uvloop \
 && /src/images/install.sh --no-deps "$(ls /wheels/*.whl)"

# What all four have in common: a user that is nobody else, no file that lends rights, /tmp as home and only writable place.
FROM python AS runtime
RUN groupadd --gid 10001 ricloop \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin ricloop \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
 && rm -f /var/log/lastlog /var/log/faillog /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow-
ENV PATH=/opt/ricloop/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8 \
    TZ=UTC
WORKDIR /tmp
STOPSIGNAL SIGTERM
ENTRYPOINT ["ricloop"]
ARG BASE
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.vendor="The ricloop maintainers" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="${BASE}"

FROM runtime AS ric
LABEL org.opencontainers.image.title="ricloop ric" \
      org.opencontainers.image.description="The embedded near-RT RIC: E2 nodes and xApps connect to it"
COPY --from=for-ric /opt/ricloop /opt/ricloop
USER 10001:10001

FROM runtime AS xapp
LABEL org.opencontainers.image.title="ricloop xapp" \
      org.opencontainers.image.description="The bundled xApps, each in a process of its own at a near-RT RIC"
COPY --from=for-xapp /opt/ricloop /opt/ricloop
USER 10001:10001

FROM runtime AS xapp-gpu
LABEL org.opencontainers.image.title="ricloop xapp-gpu" \
      org.opencontainers.image.description="The bundled xApps with PyTorch, for models on a GPU and online learners"
COPY --from=for-xapp-gpu /opt/ricloop /opt/ricloop
USER 10001:10001

FROM runtime AS e2sim
LABEL org.opencontainers.image.title="ricloop e2sim" \
      org.opencontainers.image.description="Simulated E2 nodes that report and obey control"
COPY --from=for-e2sim /opt/ricloop /opt/ricloop
USER 10001:10001
