# SPDX-License-Identifier: MIT
# The cookbook in a container, for amd64 and arm64: for macOS, and for machines without root. The
# packages come from packages.txt, by the same ./cook that is used everywhere else.
#   docker build -t cookbook . && docker run --rm -it cookbook
FROM debian:bookworm-slim
ARG PACKAGE_GROUPS="run test bench"
RUN useradd --create-home --shell /bin/bash cook
WORKDIR /cookbook
COPY packages.txt cook ./
COPY common/tools/install.sh common/tools/
# PACKAGE_GROUPS is several words on purpose.
# hadolint ignore=SC2086
RUN ./cook --yes setup $PACKAGE_GROUPS && rm -rf build /var/lib/apt/lists/* && chown -R cook:cook .
COPY --chown=cook:cook . .
USER cook
CMD ["./cook", "run"]
