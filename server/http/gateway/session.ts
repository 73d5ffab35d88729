import { hearsOf } from "../../../core/api/gateway_scopes.ts";
import type { Caller } from "../caller.ts";
import type { Frame } from "./frame.ts";

/** Where frames of a session go: a WebSocket, an event stream or a waiting poll. */
export interface Sink {
  /** Takes a frame or, where too much is waiting already, cuts the connection. */
  send(frame: Frame): void;
  /** Ends the connection; `code` is one of `GATEWAY_CLOSE`. */
  close(code: number, reason: string): void;
}

/** One connected client of one user, and what it may hear. */
export class Session {
  readonly caller: Caller;
  readonly sink: Sink;
  /** Room id -> keys of its channels this session hears. */
  readonly rooms = new Map<string, readonly string[]>();
  /** Keys of all channels heard, over all rooms. */
  readonly channels = new Set<string>();
  /** Guild id -> members watched there. */
  readonly watched = new Map<string, ReadonlySet<string>>();

  constructor(caller: Caller, sink: Sink) {
    this.caller = caller;
    this.sink = sink;
  }

  /** Sends a dispatch, if the scopes of the caller's token include it. */
  tell(frame: Frame): void {
    if (hearsOf(this.caller.scopes, frame.event)) this.sink.send(frame);
  }

  watches(roomId: string, userId: string): boolean {
    return this.watched.get(roomId)?.has(userId) === true;
  }
}

/** Channel ids are unique in a room only. */
export function channelKey(roomId: string, channelId: string): string {
  return `${roomId}/${channelId}`;
}
