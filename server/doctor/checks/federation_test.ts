import assert from "node:assert/strict";
import { createServer, request as send } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo } from "node:net";
import { startServers } from "../../../tests/harness/federated.ts";
import { freePort } from "../../../scripts/lib/free_port.ts";
import { selfSigned } from "../../../tests/harness/self_signed.ts";
import { systemClock } from "../../system/clock.ts";
import { systemRng } from "../../system/rng.ts";
import type { Finding } from "../finding.ts";
import { checkFederation } from "./federation.ts";

/** What a proxy in front does to requests. */
interface Rewriting {
  host?: string;
  path?: (path: string) => string;
  body?: string;
  /** Answers by itself. */
  answers?: string;
}

/** An HTTP proxy in front of `target.port`; `how` may change while it runs. */
async function openProxy(
  target: { port: number },
  how: Rewriting,
  tls?: Awaited<ReturnType<typeof selfSigned>>,
) {
  const handle: Parameters<typeof createServer>[1] = (incoming, outgoing) => {
    if (how.answers !== undefined) return void outgoing.end(how.answers);
    const parts: Uint8Array[] = [];
    incoming.on("data", (part: Uint8Array) => parts.push(part));
    incoming.on("end", () => {
      const body = how.body ?? parts.map((part) => new TextDecoder().decode(part)).join("");
      const onward = send({
        host: "127.0.0.1",
        port: target.port,
        method: incoming.method ?? "GET",
        path: (how.path ?? ((path) => path))(incoming.url ?? "/"),
        setHost: false,
        headers: {
          ...incoming.headers,
          host: how.host ?? incoming.headers.host ?? "",
          "content-length": String(new TextEncoder().encode(body).length),
        },
      }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      onward.end(body);
    });
  };
  const server = tls === undefined ? createServer(handle) : createSecure({ ...tls }, handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function assertFound(
  [finding, ...more]: Finding[],
  expected: { status: Finding["status"]; message: RegExp; advice?: RegExp },
): void {
  assert.deepEqual(more, []);
  assert.ok(finding);
  assert.equal(finding.status, expected.status, finding.message);
  assert.match(finding.message, expected.message);
  if (expected.advice !== undefined) assert.match(finding.advice ?? "", expected.advice);
}

/** A running server whose public name leads to `address`. */
async function serverAt(address: string | undefined, settings: Record<string, string> = {}) {
  const federation = await startServers(1, {
    settings: {
      ...(address === undefined ? {} : { "federation.test_peers": `one.test=${address}` }),
      ...settings,
    },
  });
  const { parts, url } = federation.servers[0] as (typeof federation.servers)[0];
  const check = () =>
    checkFederation({
      config: parts.config,
      parts: parts.federation,
      clock: systemClock,
      rng: systemRng,
    });
  return {
    check,
    port: Number(new URL(url).port),
    [Symbol.asyncDispose]: () => federation[Symbol.asyncDispose](),
  };
}

Deno.test("doctor asks by the public name: good, Host, path and body rewritten, somebody else there", async () => {
  const target = { port: 0 };
  const how: Rewriting = {};
  await using proxy = await openProxy(target, how);
  await using server = await serverAt(`http://127.0.0.1:${proxy.port}`);
  target.port = server.port;
  assertFound(await server.check(), {
    status: "ok",
    message: /came through 127\.0\.0\.1 port \d+ unchanged/,
  });

  how.host = "backend:8008";
  assertFound(await server.check(), {
    status: "problem",
    message: /Host header was rewritten.*sent as 127\.0\.0\.1:\d+, arrived as backend:8008/,
    advice: /proxy_set_header Host/,
  });
  delete how.host;
  how.path = (path) => path.replace("%2F", "%2f");
  assertFound(await server.check(), {
    status: "problem",
    message: /address was rewritten.*a%2Fb.*arrived as .*a%2fb/,
    advice: /nocanon/,
  });
  how.path = (path) => path.replace("/_federation", "");
  assertFound(await server.check(), {
    status: "problem",
    message: /something else answers for \/_federation\/ \(status 40\d\)/,
    advice: /lead \/_federation\//,
  });
  delete how.path;
  how.body = '{"probe":1}';
  assertFound(await server.check(), {
    status: "problem",
    message: /does not verify after its way: the body was changed/,
    advice: /proxy/,
  });
  delete how.body;
  how.answers = "<html>Welcome</html>";
  assertFound(await server.check(), {
    status: "problem",
    message: /something else answers .*status 200/,
  });
  delete how.answers;
  assertFound(await server.check(), { status: "ok", message: /unchanged/ });
});

Deno.test("doctor: a wrong certificate, a closed port, a name without address, a private address", async () => {
  const target = { port: 0 };
  const own = await selfSigned({ name: "one.test", days: 2 });
  await using proxy = await openProxy(target, {}, own);
  {
    await using server = await serverAt(`https://127.0.0.1:${proxy.port}`);
    assertFound(await server.check(), {
      status: "problem",
      message: /do not reach one\.test: TLS with 127\.0\.0\.1 failed/,
      advice: /TLS 1\.3 alone.*tls\.cert/,
    });
  }
  {
    await using server = await serverAt(`http://127.0.0.1:${freePort()}`);
    assertFound(await server.check(), {
      status: "problem",
      message: /do not reach one\.test: .*cannot be reached/,
      advice: /firewall.*one\.test/,
    });
  }
  {
    await using server = await serverAt(undefined, { "server.name": "one.invalid" });
    assertFound(await server.check(), {
      status: "problem",
      message: /do not reach one\.invalid: .*cannot be resolved/,
      advice: /DNS.*https:\/\/one\.invalid\/\.well-known/,
    });
  }
  {
    await using server = await serverAt(undefined, { "server.name": "127.0.0.1:8448" });
    assertFound(await server.check(), {
      status: "warning",
      message: /no server dials: 127\.0\.0\.1 is in 127\.0\.0\.0\/8/,
      advice: /public address/,
    });
  }
});

Deno.test("doctor: nothing to try where federation is off, and for a server that does not run", async () => {
  await using server = await serverAt(undefined, { "federation.enabled": "false" });
  assertFound(await server.check(), { status: "ok", message: /Switched off/ });
  const deps = { clock: systemClock, rng: systemRng, parts: undefined };
  const named = { server: { name: "one.test" }, federation: { enabled: true, testPeers: [] } };
  assertFound(await checkFederation({ ...deps, config: named as never }), {
    status: "ok",
    message: /must be running/,
  });
  const trial = {
    server: {},
    federation: { enabled: true, testPeers: ["a.test=http://127.0.0.1:1"] },
  };
  assertFound(await checkFederation({ ...deps, config: trial as never }), {
    status: "ok",
    message: /trial speaks with its test peers alone \(1 named\)/,
  });
});
