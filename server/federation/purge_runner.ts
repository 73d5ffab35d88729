import type { ControlEvent } from "../../core/event/event.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Sql } from "../postgres/sql.ts";
import type { Room } from "../rooms/room.ts";
import type { Rooms } from "../rooms/rooms.ts";
import { endEventUses } from "../services/media/media_row_kinds.ts";
import { carryOutPurge, resumePurges } from "../services/messages/carry_out_purge.ts";

export interface PurgeRunnerDeps {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly log: Log;
}

/** Carries out purges of other servers one after another, and those that a stop cut short. */
export class PurgeRunner implements AsyncDisposable {
  readonly #deps: PurgeRunnerDeps & { readonly media: { readonly release: typeof endEventUses } };
  #tail: Promise<void>;
  #stopped = false;

  constructor(deps: PurgeRunnerDeps) {
    this.#deps = { ...deps, media: { release: endEventUses } };
    this.#tail = this.#guard(() => resumePurges(this.#deps));
  }

  start(room: Room, purge: ControlEvent): void {
    this.#tail = this.#tail.then(() =>
      this.#stopped ? undefined : this.#guard(() => carryOutPurge(this.#deps, room, purge))
    );
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.log(
        "warn",
        "A purge could not be carried out; it goes on at the next start.",
        {
          error,
        },
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#tail;
  }
}
