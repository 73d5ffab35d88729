# OpenGuild in a container: docker build -t openguild . && docker run -p 127.0.0.1:8080:8080 -p 127.0.0.1:10000:10000/udp -v openguild:/var/lib/openguild openguild
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY .dvmrc deno.json deno.lock LICENSE main.ts ./
COPY core ./core
COPY federation ./federation
COPY migrations ./migrations
COPY scripts ./scripts
COPY server ./server
COPY ui ./ui
COPY voice ./voice
RUN npx -y deno@2.9.6 task compile

FROM debian:bookworm-slim
RUN useradd --system --home-dir /var/lib/openguild --shell /usr/sbin/nologin openguild && install -d -o openguild -g openguild -m 0700 /var/lib/openguild /var/cache/openguild
COPY --from=build /src/dist/openguild /usr/local/bin/openguild
USER openguild
WORKDIR /var/lib/openguild
ENV OPENGUILD_DATA=/var/lib/openguild OPENGUILD_CACHE=/var/cache/openguild OPENGUILD_HOST=0.0.0.0 OPENGUILD_VOICE_HOST=0.0.0.0,::
# Unpacks once, now, so that the first start is quick and the image may be read-only.
RUN openguild --version
VOLUME /var/lib/openguild
EXPOSE 8080 10000/udp 10000/tcp
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/openguild"]
CMD ["serve"]
