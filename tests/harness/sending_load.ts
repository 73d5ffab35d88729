import assert from "node:assert/strict";
import type { ServerProcess } from "./server_process.ts";
import { waitFor } from "./wait_for.ts";

/** Who sends at once. */
export const SENDERS = 8;

/** Somebody with a guild, who sends in its channel. */
export interface Account {
  readonly token: string;
  readonly guildId: string;
  readonly channelId: string;
}

async function call(server: ServerProcess, path: string, options: {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
}) {
  const response = await fetch(`${server.url}/client/v1${path}`, {
    method: options.method ?? "POST",
    headers: {
      "content-type": "application/json",
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** Makes the first account of a server and a guild of its own. */
export async function found(server: ServerProcess): Promise<Account> {
  const { status, body } = await call(server, "/register", {
    body: {
      user_name: "ann",
      password: "a long enough passphrase, truly 42",
      token: server.setupCode,
    },
  });
  assert.equal(status, 200, JSON.stringify(body));
  const token = body.tokens.access_token;
  const guild = (await call(server, "/guilds", { token, body: { name: "Crash" } })).body;
  const channel = guild.channels.find((each: { kind: string }) => each.kind === "text");
  return { token, guildId: guild.id, channelId: channel.id };
}

/** Sends until the server dies; keeps what was acknowledged. An unanswered send is retried. */
export class Load {
  readonly acknowledged = new Map<string, string>();
  readonly #waiting: string[] = [];
  #next = 0;

  constructor(readonly account: Account) {}

  async run(server: ServerProcess, count: number): Promise<void> {
    const until = this.acknowledged.size + count;
    const sender = async () => {
      while (this.acknowledged.size < until) {
        const nonce = this.#waiting.pop() ?? `n-${this.#next++}`;
        try {
          const { status, body } = await call(server, `/rooms/${this.account.guildId}/send`, {
            token: this.account.token,
            body: { channel_id: this.account.channelId, body: nonce, nonce },
          });
          if (status === 200) this.acknowledged.set(nonce, body.id);
          else this.#waiting.push(nonce);
        } catch {
          this.#waiting.push(nonce);
          return; // The server is gone.
        }
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
  }
}

/** Every message of the channel, oldest first. */
export async function readAll(server: ServerProcess, account: Account) {
  const all: { id: string; body: string }[] = [];
  for (let before = "";;) {
    // A database that was killed is still reading its log: reading waits for it, losing would not.
    const body = await waitFor("a page", async () => {
      const answer = await call(
        server,
        `/rooms/${account.guildId}/messages?channel_id=${account.channelId}&limit=100${before}`,
        { method: "GET", token: account.token },
      );
      return answer.status === 200 ? answer.body : undefined;
    });
    all.unshift(...body.messages);
    if (!body.has_before) return all;
    before = `&before=${encodeURIComponent(body.messages[0].id)}`;
  }
}

/** Waits until the search finds exactly what is there, however often its index was cut off. */
export async function findAll(
  server: ServerProcess,
  account: Account,
  stored: readonly { readonly id: string }[],
): Promise<void> {
  const ids = stored.map(({ id }) => id).sort();
  await waitFor(`the search to find ${ids.length} messages, each once`, async () => {
    const found: string[] = [];
    for (let cursor = ""; found.length <= ids.length;) {
      const path = `/rooms/${account.guildId}/search?q=n&limit=50${cursor}`;
      const { status, body } = await call(server, path, { method: "GET", token: account.token });
      if (status !== 200) break;
      found.push(...body.messages.map(({ id }: { id: string }) => id));
      if (body.next === null) return found.sort().join() === ids.join();
      cursor = `&cursor=${body.next}`;
    }
    // Questions are counted: it is not asked without end.
    await new Promise((go) => setTimeout(go, 500));
    return undefined;
  }, 150_000);
}

/** What was acknowledged and is not stored, and what is stored more than once. */
export function compare(load: Load, stored: readonly { id: string; body: string }[]) {
  const ids = new Map<string, string[]>();
  for (const { id, body } of stored) ids.set(body, [...ids.get(body) ?? [], id]);
  const lost = [...load.acknowledged].filter(([nonce, id]) => !ids.get(nonce)?.includes(id));
  const doubled = [...ids].filter(([, each]) => each.length > 1);
  return { lost, doubled };
}
