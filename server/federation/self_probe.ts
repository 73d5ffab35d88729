import { z } from "zod";
import { parseJson } from "../../core/event/json_parse.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { signRequest } from "../../federation/http/sign_request.ts";
import type { ServerSigner } from "../../federation/ports.ts";
import {
  authorityOf,
  type Endpoint,
  type ServerResolver,
} from "../../federation/resolve_server.ts";
import type { HttpClient } from "./http_client.ts";

/** A server asks itself here, by its public name, whether requests arrive as they were sent. */
export const SELF_TEST_PATH = "/_federation/self_test";

/** A path and a query that a proxy which rewrites either does not leave alone. */
const PROBE = "a%2Fb%7Ec";
const QUERY = "?x=%20y&x=z";
const BODY = new TextEncoder().encode('{"probe":true}');
const TIMEOUT_MS = 10_000;
const ANSWER_BYTES = 16 * 1024;
const NONCE_BYTES = 16;

/** How a request arrived. */
export const Arrival = z.object({
  method: z.string(),
  authority: z.string(),
  target: z.string(),
  /** Why the signature does not hold; null where it does. */
  fault: z.string().nullable(),
});
export type Arrival = z.infer<typeof Arrival>;

export interface SelfTest {
  readonly endpoint: Endpoint;
  readonly sent: Pick<Arrival, "method" | "authority" | "target">;
  readonly status: number;
  /** Undefined: what answered is not this server's door. */
  readonly arrived: Arrival | undefined;
}

/**
 * Sends this server a signed request the way another server would: its name looked up, the
 * address checked, TLS as for everybody.
 * @throws TransportError where no answer came
 */
export async function testSelf(
  deps: {
    readonly self: ServerName;
    readonly signer: ServerSigner;
    readonly resolver: ServerResolver;
    readonly client: HttpClient;
    readonly clock: Clock;
    readonly rng: Rng;
  },
): Promise<SelfTest> {
  const { self, clock } = deps;
  const endpoint = await deps.resolver.resolve(self);
  const sent = {
    method: "POST" as const,
    authority: authorityOf(endpoint),
    target: `${SELF_TEST_PATH}/${PROBE}${QUERY}`,
  };
  const nowMs = clock.now();
  const headers = await signRequest({ ...sent, destination: self, body: BODY }, {
    origin: self,
    signer: await deps.signer.current(nowMs),
    nowMs,
    nonce: deps.rng.bytes(NONCE_BYTES),
  });
  const answer = await deps.client.send(endpoint, {
    ...sent,
    headers: { ...headers, "content-type": "application/json" },
    body: BODY,
    timeoutMs: TIMEOUT_MS,
  });
  const read = parseJson(await answer.bytes(ANSWER_BYTES), { maxBytes: ANSWER_BYTES });
  const arrived = Arrival.safeParse(read.ok ? read.value : undefined);
  return {
    endpoint,
    sent,
    status: answer.status,
    arrived: answer.status === 200 && arrived.success ? arrived.data : undefined,
  };
}
