# The container image, for people with Docker (BuildKit): docker build -t aks-oauth-proxy .
#
# `cargo xtask image` makes the same without Docker, reproducibly, and is what releases use. This file was checked
# by hadolint, and has not been built: the project's machines have neither a Docker daemon nor Docker Hub.
# A test of xtask compares it with what `cargo xtask image` makes.

# The component and the program. The first build takes about 20 minutes: it compiles wasmtime.
FROM rust:1.95-bookworm AS program
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    rustup target add wasm32-wasip1 \
    && cargo xtask build \
    && mkdir -p /out/target/wasm32-wasip1/release \
    && cp target/native/aks-oauth-proxy /aks-oauth-proxy \
    && cp spin.toml /out/ \
    && cp target/wasm32-wasip1/release/aks_oauth_proxy_component.wasm /out/target/wasm32-wasip1/release/

# kubelogin, as tools/kubelogin/go.mod pins it.
FROM golang:1.26-bookworm AS kubelogin
WORKDIR /src
COPY tools/kubelogin/ .
RUN --mount=type=cache,target=/go/pkg/mod \
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /kubelogin github.com/Azure/kubelogin

# A directory of the user's own.
FROM debian:bookworm-slim AS state
RUN install -d -m 0700 -o 65532 -g 65532 /state

# The C library of the release that the program is linked with, the authorities, and a user without rights (65532).
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=kubelogin /kubelogin /usr/local/bin/kubelogin
COPY --from=program /aks-oauth-proxy /usr/local/bin/aks-oauth-proxy
COPY --from=program /out/ /opt/aks-oauth-proxy/
COPY --from=state --chown=65532:65532 /state /var/lib/aks-oauth-proxy
COPY LICENSE /usr/share/doc/aks-oauth-proxy/LICENSE
WORKDIR /opt/aks-oauth-proxy
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/aks-oauth-proxy", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/aks-oauth-proxy"]
CMD ["serve", "--listen=0.0.0.0:8080", "--state-dir=/var/lib/aks-oauth-proxy"]
