import { z } from "zod";
import { EduValue } from "../../core/api/federation/send.ts";
import { parseServerName } from "../../core/ids/server_name.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { OutboundEngine } from "../../federation/outbound/outbound_engine.ts";
import type { OutboundRelay } from "../../federation/outbound/ports.ts";

const SUBJECT = "federation.outbound";

const Message = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("edu"),
    to: z.string(),
    edu: EduValue,
    replaces: z.string().optional(),
  }),
  z.object({ kind: z.literal("heard"), to: z.string() }),
  z.object({ kind: z.literal("retry"), to: z.string() }),
  z.object({ kind: z.literal("pause"), to: z.string(), since: z.number().optional() }),
  z.object({ kind: z.literal("released") }),
]);
type Message = z.infer<typeof Message>;

/**
 * Tells the process that holds a destination, whichever that is. A lost message costs an EDU;
 * a lost pause is seen when the lease is renewed.
 */
export function busRelay(bus: Bus): OutboundRelay {
  const publish = (message: Message) =>
    bus.publish(SUBJECT, new TextEncoder().encode(JSON.stringify(message)));
  return {
    edu: (to, { type, content, replaces }) =>
      publish({
        kind: "edu",
        to,
        edu: { type, content },
        ...(replaces === undefined ? {} : { replaces }),
      }),
    heardFrom: (to) => publish({ kind: "heard", to }),
    retry: (to) => publish({ kind: "retry", to }),
    pause: (to, since) => publish({ kind: "pause", to, ...(since === undefined ? {} : { since }) }),
    released: () => publish({ kind: "released" }),
  };
}

/** Acts on what other processes tell. Returns the function that ends it. */
export function subscribeRelay(bus: Bus, engine: OutboundEngine): () => void {
  return bus.subscribe(SUBJECT, (bytes) => {
    const read = Message.safeParse(readJson(bytes));
    if (!read.success) return;
    const message = read.data;
    if (message.kind === "released") return engine.takeOver();
    const to = parseServerName(message.to);
    if (to === undefined) return;
    engine.relayed(to, (queue) => {
      if (message.kind === "heard") queue.heardFrom();
      else if (message.kind === "retry") queue.retry();
      else if (message.kind === "pause") queue.setPaused(message.since);
      else {
        const { edu, replaces } = message;
        queue.sendEdu({ ...edu, ...(replaces === undefined ? {} : { replaces }) });
      }
    });
  });
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
