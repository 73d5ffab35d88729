/** A statement as a client had it carried out; times are those of `performance.now()`. */
export interface Statement {
  /** One line. */
  readonly text: string;
  readonly sentMs: number;
}

/** A door to a Postgres, behind which it notes each statement that is carried out. */
export interface StatementCounter extends AsyncDisposable {
  /** The same database, through the door. */
  readonly url: string;
  /** In the order in which they were sent. */
  readonly seen: readonly Statement[];
  /** What `work` had carried out while it ran; everybody else has to be still. */
  during(work: () => Promise<unknown>): Promise<readonly Statement[]>;
}

/** Letters of the messages a client sends (Postgres's protocol 3.0, "Message Formats"). */
const [PARSE, BIND, EXECUTE, QUERY] = ["P", "B", "E", "Q"].map((letter) => letter.charCodeAt(0));
const decoder = new TextDecoder();

export function countStatements(databaseUrl: string): StatementCounter {
  const target = new URL(databaseUrl);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const seen: Statement[] = [];
  const open = new Set<Deno.Conn>();
  const work: Promise<unknown>[] = [];
  const end = (connection: Deno.Conn) => {
    if (open.delete(connection)) connection.close();
  };
  const pipe = async (from: Deno.Conn, to: Deno.Conn, look: (bytes: Uint8Array) => void) => {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let count; (count = await from.read(buffer)) !== null;) {
        const bytes = buffer.subarray(0, count);
        look(bytes);
        for (let sent = 0; sent < count;) sent += await to.write(bytes.subarray(sent));
      }
    } catch {
      // A side has ended: so does the other.
    }
    end(from);
    end(to);
  };
  const serve = async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: target.hostname, port: Number(target.port) });
      open.add(client).add(server);
      const note = (text: string) => seen.push({ text, sentMs: performance.now() });
      work.push(pipe(client, server, reader(note)), pipe(server, client, () => undefined));
    }
  };
  work.push(serve().catch(() => undefined));
  const url = new URL(databaseUrl);
  url.port = String((listener.addr as Deno.NetAddr).port);
  return {
    url: url.href,
    seen,
    async during(act) {
      const before = seen.length;
      await act();
      return seen.slice(before);
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of [...open]) end(connection);
      await Promise.allSettled(work);
    },
  };
}

/** Takes in what one client sends, in pieces of any size, and tells what it has carried out. */
function reader(note: (text: string) => void): (bytes: Uint8Array) => void {
  let held = new Uint8Array();
  let begun = false;
  let bound = "";
  const prepared = new Map<string, string>();
  const take = (kind: number, body: Uint8Array) => {
    const [first = "", second = ""] = kind === PARSE || kind === BIND || kind === QUERY
      ? decoder.decode(body).split("\0", 2)
      : [];
    if (kind === PARSE) prepared.set(first, second);
    if (kind === BIND) bound = prepared.get(second) ?? "";
    const text = kind === EXECUTE ? bound : kind === QUERY ? first : undefined;
    if (text !== undefined) note(text.replace(/\s+/g, " ").trim());
  };
  return (bytes) => {
    const joined = new Uint8Array(held.length + bytes.length);
    joined.set(held);
    joined.set(bytes, held.length);
    held = joined;
    for (;;) {
      // The first message of a connection has no letter.
      const head = begun ? 1 : 0;
      if (held.length < head + 4) return;
      const length = head + new DataView(held.buffer, held.byteOffset).getInt32(head);
      if (held.length < length) return;
      if (begun) take(held[0] ?? 0, held.subarray(5, length));
      begun = true;
      held = held.slice(length);
    }
  };
}
