import { type Signal, signal } from "@preact/signals";
import type { UnknownName } from "../../../core/api/search.ts";
import type { SearchQuery } from "../../../core/search/query.ts";
import { reasonOf } from "../browser/browser_api.ts";
import type { DeviceRooms } from "./device_rooms.ts";
import { mergePages, type SourcePage } from "./hits.ts";
import { PAGE_HITS, ServerPages, type ServerQuestion } from "./server_pages.ts";

export interface Found extends SourcePage {
  readonly loading: boolean;
  /** Something answered: an empty list says that there is nothing. */
  readonly answered: boolean;
  /** Why the server did not answer. */
  readonly fault: string | undefined;
}

const NONE: SourcePage = { hits: [], hasMore: false };

/** One question, asked of the server and of this device at once. */
export class SearchRun {
  readonly query: SearchQuery;
  readonly found: Signal<Found> = signal({
    ...NONE,
    loading: true,
    answered: false,
    fault: undefined,
  });
  readonly #server: ServerPages | undefined;
  readonly #device: DeviceRooms | undefined;
  readonly #unknown: (() => Promise<readonly UnknownName[]>) | undefined;
  #fromServer: SourcePage = NONE;
  #fromDevice: SourcePage = NONE;
  #deviceLimit = PAGE_HITS;
  #closed = false;
  #busy = false;
  /** More of the device came while it was asked. */
  #again = false;

  constructor(
    query: SearchQuery,
    { server, device, unknown }: {
      readonly server: ServerQuestion | undefined;
      readonly device: DeviceRooms | undefined;
      /** Names of the question that fit nobody, where no server is asked that would say so. */
      readonly unknown: (() => Promise<readonly UnknownName[]>) | undefined;
    },
  ) {
    this.query = query;
    this.#server = server && new ServerPages(server);
    this.#device = device;
    this.#unknown = unknown;
    if (device) device.onChange = () => void this.#askDevice();
    void this.#ask();
  }

  /** Older ones. */
  more(): void {
    if (this.found.value.loading) return;
    this.#deviceLimit += PAGE_HITS;
    void this.#ask();
  }

  close(): void {
    this.#closed = true;
  }

  async #ask(): Promise<void> {
    this.#show({ loading: true, fault: undefined });
    await Promise.all([this.#askServer(), this.#askDevice()]);
    this.#show({ loading: false });
  }

  async #askServer(): Promise<void> {
    if (!this.#server) return;
    try {
      this.#fromServer = await this.#server.more();
      this.#show({ answered: true });
    } catch (error) {
      this.#show({ fault: reasonOf(error) });
    }
  }

  async #askDevice(): Promise<void> {
    if (!this.#device || this.#closed) return;
    if (this.#busy) return void (this.#again = true);
    this.#busy = true;
    try {
      do {
        this.#again = false;
        const page = await this.#device.find(this.query, this.#deviceLimit);
        // What somebody wrote who is gone meanwhile is found all the same.
        const unknown = page.hits.length === 0 ? await this.#unknown?.() ?? [] : [];
        this.#fromDevice = { ...page, unknown };
        this.#show({ answered: true });
      } while (this.#again && !this.#closed);
    } catch {
      // Why is said once for all questions, by the progress of the rooms.
    } finally {
      this.#busy = false;
    }
  }

  #show(part: Partial<Found>): void {
    if (this.#closed) return;
    const pages = [this.#fromServer, this.#fromDevice];
    this.found.value = { ...this.found.value, ...part, ...mergePages(pages) };
  }
}
