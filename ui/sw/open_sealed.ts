/**
 * What the service worker opens an encrypted message with while no tab can. It is a script of its
 * own, `ogSealed`, which the worker loads when it is told of such a message for the first time: it
 * holds as much of the engine as opens messages, and neither joins groups nor changes them.
 */
import { Engine } from "../../core/e2ee/engine/engine.ts";
import { plainTextOf } from "../../core/event/plain_text.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { describeCall } from "../lib/api/request.ts";
import type { AnyCallInput, CallResult, OperationName } from "../lib/api/types.ts";
import { DEVICE_DB_PREFIX } from "../lib/e2ee/clear_devices.ts";
import { DeviceDb } from "../lib/e2ee/device_db.ts";
import { FetchTransport } from "../lib/e2ee/fetch_transport.ts";
import { sealedText } from "../lib/e2ee/sealed_text.ts";
import { clock, deviceLock, rng } from "../lib/e2ee/worker_ports.ts";
import type { OpenSealed } from "./sealed_script.ts";

/** Of the text that a notification shows. */
const TEXT_CHARS = 180;
/** The engine looks for a key no longer than this (ms). */
const WAIT_MS = 6000;

/** One at a time: two messages that come together are told of one after the other. */
let last: Promise<unknown> = Promise.resolve();

export const openSealed: OpenSealed = (asked, signal) => {
  const opening = last.then(() => {
    signal.throwIfAborted();
    return openAlone(asked, signal);
  });
  last = opening.catch(() => undefined);
  return opening;
};

const openAlone: OpenSealed = async ({ roomId, eventId }, signal) => {
  const { user } = await ask("getAccount", {}, signal);
  if (!await hasDevice(user.id)) return undefined;
  // A tab that wants the lock waits until this has let it go, and finds all of it stored.
  return await navigator.locks.request(
    deviceLock(user.id),
    { ifAvailable: true },
    (lock) => lock === null ? "held" : openWith(user.id, { roomId, eventId }, signal),
  );
};

async function openWith(
  userId: string,
  { roomId, eventId }: Parameters<OpenSealed>[0],
  given: AbortSignal,
): ReturnType<OpenSealed> {
  const lost = new AbortController();
  const signal = AbortSignal.any([given, lost.signal]);
  const params = { room_id: roomId, event_id: eventId };
  const sealed = sealedText(await ask("getMessage", { params }, signal));
  if (sealed === undefined) return undefined;
  const store = await DeviceDb.open(userId, () => lost.abort());
  try {
    const transport = new FetchTransport(userId, clock, signal);
    await using engine = Engine.open({ store, transport, clock, rng });
    await engine.load();
    if (engine.state().phase !== "ready") return undefined;
    const found = await engine.open(sealed, { waitMs: WAIT_MS });
    // Of what is no message, such as shared history, the neutral line says enough.
    if (!("payload" in found) || found.payload.type !== "message") return undefined;
    return { text: oneLine(found.payload.body ?? "") };
  } finally {
    store.close();
  }
}

/** Without one none is made: that is for a page to do. */
async function hasDevice(userId: string): Promise<boolean> {
  const found = await indexedDB.databases();
  return found.some(({ name }) => name === DEVICE_DB_PREFIX + userId);
}

async function ask<Name extends OperationName>(
  name: Name,
  input: AnyCallInput,
  signal: AbortSignal,
): Promise<CallResult<Name>> {
  const { path } = describeCall(name, input);
  const answer = await fetch(path, { credentials: "same-origin", signal });
  if (!answer.ok) throw new Error(`${name}: the server answered ${answer.status}`);
  return await answer.json() as CallResult<Name>;
}

function oneLine(body: string): string {
  return plainTextOf(body.slice(0, TEXT_CHARS), {
    user: (id) => id.slice(1, -serverOf(id as UserId).length - 1),
    role: () => undefined,
    channel: () => undefined,
  });
}
