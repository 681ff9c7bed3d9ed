# The tap on distroless: no shell, no package manager, not root. Certificates and time zones are
# built into the binary, which needs nothing of the image but the C library.
#
#   docker build --tag tap-tiktok-ads .
#   docker run --rm --user "$(id -u)" --volume "$PWD:/work:ro" tap-tiktok-ads --config config.json

FROM rust:1-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN cargo build --release --locked --bin tap-tiktok-ads

FROM gcr.io/distroless/cc-debian12:nonroot
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/tap-tiktok-ads/
COPY --from=build /build/target/release/tap-tiktok-ads /usr/local/bin/
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/tap-tiktok-ads"]
