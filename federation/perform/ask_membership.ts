import type { z } from "zod";
import { makeMembership, sendMembership } from "../../core/api/federation/membership.ts";
import { type ControlEvent, isControlEvent } from "../../core/event/event.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { type ServerSigner, type Transport, TransportError } from "../ports.ts";
import {
  BadPlaceError,
  type MembershipWish,
  OutdatedWishError,
  rebuildMembership,
} from "./rebuild_membership.ts";

/** Servers that are asked one after another for one wish. */
export const HELPERS_MAX = 5;

export interface AskPorts {
  readonly transport: Pick<Transport, "call">;
  readonly signer: ServerSigner;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly blake3?: Blake3;
}

/** A membership event that a resident server has accepted. */
export interface AcceptedMembership {
  /** With all signatures, a voucher's among them. */
  readonly event: ControlEvent;
  readonly helper: ServerName;
  readonly answer: z.output<typeof sendMembership.answer>;
}

/**
 * Has a resident server accept a join, leave or knock of our user. Helpers are tried in order;
 * where one may have taken the event before it fell silent, the next ones are offered the very
 * same event first, so that nobody joins twice. PROTOCOL.md 9.
 * @throws TransportError of the last helper that said no, else of the last that failed
 */
export async function askMembership(
  ports: AskPorts,
  wish: MembershipWish,
  helpers: Iterable<ServerName>,
): Promise<AcceptedMembership> {
  let failure: TransportError | undefined;
  let offered: ControlEvent | undefined;
  for (const helper of [...new Set(helpers)].slice(0, HELPERS_MAX)) {
    for (const known of offered === undefined ? [undefined] : [offered, undefined]) {
      const attempt = await tryHelper(ports, wish, { helper, known });
      if (attempt.kind === "accepted") return attempt.accepted;
      if (attempt.maybeTaken !== undefined) offered = attempt.maybeTaken;
      if (failure?.kind !== "refused" || attempt.failure.kind === "refused") {
        failure = attempt.failure;
      }
    }
  }
  throw failure ??
    new TransportError("unreachable", `No server is known that could help with ${wish.roomId}.`);
}

type Attempt =
  | { readonly kind: "accepted"; readonly accepted: AcceptedMembership }
  | {
    readonly kind: "failed";
    readonly failure: TransportError;
    /** Sent without an answer: it may have been accepted. */
    readonly maybeTaken?: ControlEvent;
  };

async function tryHelper(
  ports: AskPorts,
  wish: MembershipWish,
  { helper, known }: { readonly helper: ServerName; readonly known: ControlEvent | undefined },
): Promise<Attempt> {
  let event = known;
  let sent = false;
  try {
    event ??= await buildAt(ports, wish, helper);
    sent = true;
    return { kind: "accepted", accepted: await send(ports, event, helper) };
  } catch (error) {
    const failure = asTransportError(error, helper);
    const silent = failure.kind !== "refused" && failure.kind !== "policy";
    return {
      kind: "failed",
      failure,
      ...(sent && silent && event !== undefined ? { maybeTaken: event } : {}),
    };
  }
}

async function buildAt(
  ports: AskPorts,
  wish: MembershipWish,
  helper: ServerName,
): Promise<ControlEvent> {
  const { roomId: room_id, user, membership } = wish;
  const place = await ports.transport.call(helper, makeMembership, { room_id, user, membership });
  const nowMs = ports.clock.now();
  return await rebuildMembership(wish, place, {
    helper,
    nowMs,
    signer: await ports.signer.current(nowMs),
    rng: ports.rng,
    ...(ports.blake3 === undefined ? {} : { blake3: ports.blake3 }),
  });
}

async function send(
  ports: AskPorts,
  event: ControlEvent,
  helper: ServerName,
): Promise<AcceptedMembership> {
  const answer = await ports.transport.call(helper, sendMembership, {
    room_id: event.roomId,
    pdu: event.pdu as unknown as JsonValue,
  });
  const parsed = parsePduValue(answer.pdu, { roomId: event.roomId });
  if (parsed.kind !== "event" || parsed.event.id !== event.id || !isControlEvent(parsed.event)) {
    throw new TransportError("bad_answer", `${helper} answered with another event than ours.`);
  }
  return { event: parsed.event, helper, answer };
}

function asTransportError(error: unknown, helper: ServerName): TransportError {
  if (error instanceof TransportError) return error;
  if (error instanceof OutdatedWishError) {
    return new TransportError("refused", error.message, { cause: error });
  }
  if (!(error instanceof BadPlaceError)) throw error;
  return new TransportError("bad_answer", `${helper}: ${error.message}`, { cause: error });
}
