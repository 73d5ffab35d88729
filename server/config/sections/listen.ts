import { defineSection } from "../section.ts";
import { bytes, duration, integer, list, text } from "../setting.ts";

export const listenSection = defineSection({
  name: "listen",
  doc: "Where the server listens, and what it takes from one connection.",
  settings: {
    host: text({
      env: "OPENGUILD_HOST",
      flag: "--host",
      doc:
        "The address to listen on. Without it `127.0.0.1`, or every address (`0.0.0.0`) when the server has a certificate of its own.",
    }),
    port: integer({
      fallback: "8080",
      min: 0,
      max: 65_535,
      env: "OPENGUILD_PORT",
      flag: "--port",
      doc: "The TCP port. 443 when the server has a certificate of its own and no port is set.",
    }),
    trustedProxies: list({
      doc:
        "Addresses and networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.",
    }),
    headerTimeout: duration({
      fallback: "10s",
      doc: "A connection that has not sent its request's head by then is closed.",
    }),
    stallTimeout: duration({
      fallback: "12s",
      doc: "A body or an answer that makes no progress for this long ends its connection.",
    }),
    idleTimeout: duration({
      fallback: "60s",
      doc: "A kept connection without a request is closed after this time.",
    }),
    maxConnections: integer({
      fallback: "10000",
      min: 1,
      max: 1_000_000,
      doc: "Open connections in all.",
    }),
    maxConnectionsPerAddress: integer({
      fallback: "256",
      min: 1,
      max: 1_000_000,
      doc: "Open connections from one address (IPv6: one /64).",
    }),
    maxBody: bytes({
      fallback: "1 MiB",
      doc: "The largest request body, uploads excepted.",
    }),
  },
});
