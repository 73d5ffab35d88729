import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Rng } from "../../ports/rng.ts";
import type { DeviceCallInput, DeviceCallName, DeviceCallResult } from "./calls.ts";

/**
 * The tables of a device. A store may keep them as it likes; rows are small (a snapshot of a
 * group of 500 devices, 200 KB, and a page of long texts are the largest) and secret: a store encrypts them at rest.
 */
export const DEVICE_TABLES = [
  /** This device itself: names, keys, identity seeds. Few rows. */
  "device",
  /** Per room: the group's snapshot, its changed nodes and what waits for a receipt. */
  "groups",
  /** Private halves of key packages, by reference. */
  "packages",
  /** The archive: content keys, by room and event. */
  "keys",
  /** Pinned master keys, by user. */
  "pins",
  /** Content keys that the backup does not have yet, in order. */
  "backup",
  /** Messages whose key is missing, by room and event. */
  "gaps",
  /** What was said in encrypted rooms, for searching: by room, in pages. */
  "texts",
  /** Shared history that comes, is held, or is to be given: see `shared_rows.ts`. */
  "shared",
] as const;
export type DeviceTable = (typeof DEVICE_TABLES)[number];

export interface StoreRow {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A value to write, or undefined to delete the row. */
export interface StoreChange {
  readonly table: DeviceTable;
  readonly key: string;
  readonly value: Uint8Array | undefined;
}

/**
 * Where a device keeps its state. One engine at a time has it: who makes the store holds the
 * device's lock (a Web Lock in browsers, a locked file elsewhere). Two engines on one state
 * would use a message key twice (T7 of the tests).
 */
export interface DeviceStore {
  get(table: DeviceTable, key: string): Promise<Uint8Array | undefined>;
  /** Rows whose key begins with `prefix` and comes after `after`, in order of UTF-16 units. */
  list(
    table: DeviceTable,
    options?: {
      readonly prefix?: string;
      readonly after?: string;
      readonly limit?: number;
    },
  ): Promise<readonly StoreRow[]>;
  /** All changes or none; they are durable when the promise resolves. */
  write(changes: readonly StoreChange[]): Promise<void>;
}

/** What the gateway says to a device; names and data are those of core/api/gateway.ts. */
export type DeviceDispatch =
  | { readonly t: "group.update"; readonly d: { readonly room_id: string; readonly epoch: number } }
  | { readonly t: "group.wanted"; readonly d: { readonly room_id: string } }
  | { readonly t: "welcome"; readonly d: { readonly room_id: string } }
  | { readonly t: "devices.update"; readonly d: { readonly user_id: string } }
  | { readonly t: "to_device"; readonly d: Readonly<Record<string, unknown>> }
  | { readonly t: "key_packages.low"; readonly d: Readonly<Record<string, unknown>> };

const DISPATCHES: ReadonlySet<string> = new Set<DeviceDispatch["t"]>([
  "group.update",
  "group.wanted",
  "welcome",
  "devices.update",
  "to_device",
  "key_packages.low",
]);

/** Whether what the gateway says concerns a device. */
export function isDeviceDispatch(
  said: { readonly t: string; readonly d: unknown },
): said is DeviceDispatch {
  return DISPATCHES.has(said.t);
}

/** A refusal of the server. `code` is one of core/api/error.ts. */
export class CallRefused extends Error {
  override readonly name = "CallRefused";

  constructor(
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** No answer: offline, timeout, a proxy's error. Whether the call was carried out is unknown. */
export class ServerUnreachable extends Error {
  override readonly name = "ServerUnreachable";
}

/** The way to the home server, signed in as this device's user. */
export interface DeviceTransport {
  readonly userId: string;
  /**
   * One operation of the client API.
   * @throws CallRefused where the server says no, ServerUnreachable where nothing was heard.
   */
  call<Name extends DeviceCallName>(
    name: Name,
    input: DeviceCallInput<Name>,
    signal?: AbortSignal,
  ): Promise<DeviceCallResult<Name>>;
  /** Calls `listener` for each dispatch, and for `connected` when the gateway is (again) live. */
  onDispatch(listener: (dispatch: DeviceDispatch | "connected") => void): () => void;
}

/** Everything that an engine needs from outside. */
export interface EnginePorts {
  readonly store: DeviceStore;
  readonly transport: DeviceTransport;
  readonly clock: Clock;
  readonly rng: Rng;
  /** What went wrong, without content. */
  readonly log?: Log;
}
