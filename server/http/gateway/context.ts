import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Authenticate } from "../caller.ts";
import type { HeaderReader } from "../headers.ts";
import type { AttachDeps } from "./attach.ts";
import type { Presences } from "./presence.ts";
import type { Session, Sink } from "./session.ts";
import type { Typing } from "./typing.ts";

/** What the opcodes work with. */
export interface GatewayDeps extends AttachDeps {
  readonly authenticate: Authenticate;
  readonly presences: Presences;
  readonly typing: Typing;
  readonly clock: Clock;
  readonly log: Log;
  /** Origins that may use the cookie beside the host itself. */
  readonly origins: readonly string[];
  /** Most sockets of one user on this process. */
  readonly socketsPerUser: number;
}

/** What the upgrade request said. */
export interface UpgradeFacts {
  readonly headers: HeaderReader;
  readonly address: string;
  readonly secure: boolean;
}

/** A connection as the opcodes see it. */
export interface Peer {
  readonly deps: GatewayDeps;
  readonly facts: UpgradeFacts;
  readonly sink: Sink;
  /** Set once identified. */
  session: Session | undefined;
  readonly closed: boolean;
  close(code: number, reason: string): void;
}
