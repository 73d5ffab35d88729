import type { ToDeviceItem } from "./calls.ts";
import type { EnginePorts } from "./ports.ts";
import { Turn } from "./turn.ts";

/** Pages of the inbox read in one go; it holds a few hundred messages at the most. */
const MAX_PAGES = 10;

/** What other devices said to this one; each message is taken in and then deleted. */
export class Inbox {
  readonly #turn = new Turn();

  constructor(
    readonly ports: EnginePorts,
    /** Those who take messages, by how the kinds of theirs begin. */
    readonly takers: Readonly<Record<string, (item: ToDeviceItem) => Promise<unknown>>>,
  ) {}

  read(): Promise<void> {
    return this.#turn.run(async () => {
      const { transport } = this.ports;
      for (let page = 0; page < MAX_PAGES; page++) {
        const { items, more } = await transport.call("listToDevice", {});
        for (const item of items) {
          const kind = Object.keys(this.takers).find((start) => item.kind.startsWith(start));
          if (kind !== undefined) await this.takers[kind]?.(item);
          await transport.call("deleteToDevice", { params: { id: item.id } });
        }
        if (!more) return;
      }
    });
  }
}
