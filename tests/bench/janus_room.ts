/** A full room of Janus: a connection of each participant to talk, another one to hear the others. */
import { answerTo } from "../harness/sdp_answer.ts";
import { type OfferedSeat, ScriptedPeer } from "../harness/scripted_peer.ts";
import type { DtlsIdentity } from "../../voice/werift/certificate.ts";

type Json = Record<string, unknown>;

interface JanusEvent {
  readonly transaction?: string;
  readonly janus: string;
  readonly data?: { readonly id: number };
  readonly jsep?: { readonly type: string; readonly sdp: string };
  readonly plugindata?: { readonly data: Json };
}

/** One session of the HTTP interface. Its events come by a request that waits for them. */
class Session implements AsyncDisposable {
  readonly #url: string;
  readonly #waiting = new Map<string, (event: JanusEvent) => void>();
  readonly #stop = new AbortController();
  #polling: Promise<void> = Promise.resolve();
  #transactions = 0;

  private constructor(url: string) {
    this.#url = url;
  }

  static async open(url: string): Promise<Session> {
    const { data } = await post(url, { janus: "create", transaction: "create" });
    const session = new Session(`${url}/${data?.id}`);
    session.#polling = session.#poll();
    return session;
  }

  async attach(): Promise<number> {
    const plugin = "janus.plugin.videoroom";
    const { data } = await post(this.#url, { janus: "attach", transaction: "attach", plugin });
    if (data === undefined) throw new Error("Janus has no rooms");
    return data.id;
  }

  /** Sends a message to a handle. Resolves with its answer, at once or as an event. */
  async ask(handle: number, body: Json, jsep?: JanusEvent["jsep"]): Promise<JanusEvent> {
    const transaction = `${this.#transactions++}`;
    const { promise, resolve } = Promise.withResolvers<JanusEvent>();
    this.#waiting.set(transaction, resolve);
    const now = await post(`${this.#url}/${handle}`, { janus: "message", transaction, body, jsep });
    const event = now.janus === "ack" ? await promise : now;
    this.#waiting.delete(transaction);
    const error = event.plugindata?.data["error"];
    if (error !== undefined) throw new Error(`Janus refuses ${body["request"]}: ${error}`);
    return event;
  }

  /** Says where a handle's other end sends from. */
  async tellAddress(handle: number, address: string, port: number): Promise<void> {
    const candidate = `candidate:1 1 udp 2130706431 ${address} ${port} typ host`;
    const candidates = [{ candidate, sdpMid: "0", sdpMLineIndex: 0 }, { completed: true }];
    await post(`${this.#url}/${handle}`, { janus: "trickle", transaction: "trickle", candidates });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#polling;
    await post(this.#url, { janus: "destroy", transaction: "destroy" });
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const response = await fetch(`${this.#url}?maxev=10`, { signal });
        for (const event of await response.json() as JanusEvent[]) {
          this.#waiting.get(event.transaction ?? "")?.(event);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }
}

async function post(url: string, body: Json): Promise<JanusEvent> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const event = await response.json() as JanusEvent & { readonly error?: { reason: string } };
  if (event.error !== undefined) throw new Error(`Janus: ${event.error.reason}`);
  return event;
}

/** What Janus said, as a seat: nothing changes afterwards. */
const seatOf = (sdp: string): OfferedSeat => ({
  offer: { seq: 0, sdp, mids: [], sends: [] },
  answer: () => ({ ok: true }),
  onOffer: () => {},
});

const PASSWORD = "a-password-of-the-bench";

const offerOf = (fingerprint: string) =>
  `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=sendonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=ice-ufrag:peer
a=ice-pwd:${PASSWORD}
a=fingerprint:sha-256 ${fingerprint}
a=setup:active
a=ssrc:4711 cname:bench
`.replaceAll("\n", "\r\n");

export interface JanusRoom extends AsyncDisposable {
  /** Of them all who talk come first, then who hear. */
  readonly talkers: readonly ScriptedPeer<OfferedSeat>[];
  readonly ears: readonly ScriptedPeer<OfferedSeat>[];
}

/** Opens a room of so many and connects everybody. Rejects with what Janus says. */
export async function openJanusRoom(
  url: string,
  count: number,
  identity: DtlsIdentity,
): Promise<JanusRoom> {
  await using stack = new AsyncDisposableStack();
  const session = stack.use(await Session.open(url));
  const connect = async (handle: number, sdp: string) => {
    const [, address = "", port = ""] = /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) /im.exec(sdp) ?? [];
    const seat = seatOf(sdp);
    const peer = stack.use(await ScriptedPeer.open(seat, Number(port), identity, address));
    peer.isDeaf = true;
    peer.password = PASSWORD;
    await session.tellAddress(handle, address, peer.port);
    await peer.connect();
    return peer;
  };
  const room = 1 + count;
  const first = await session.attach();
  await session.ask(first, { request: "create", room, publishers: count, audiocodec: "opus" });
  const talkers: ScriptedPeer<OfferedSeat>[] = [];
  const feeds: unknown[] = [];
  for (let at = 0; at < count; at++) {
    const handle = at === 0 ? first : await session.attach();
    const joined = await session.ask(handle, { request: "join", ptype: "publisher", room });
    feeds.push(joined.plugindata?.data["id"]);
    const offer = { type: "offer", sdp: offerOf(identity.fingerprint) };
    const { jsep } = await session.ask(handle, { request: "publish" }, offer);
    talkers.push(await connect(handle, jsep?.sdp ?? ""));
  }
  const ears: ScriptedPeer<OfferedSeat>[] = [];
  for (const own of feeds) {
    const handle = await session.attach();
    const streams = feeds.filter((feed) => feed !== own).map((feed) => ({ feed }));
    const { jsep } = await session.ask(handle, {
      request: "join",
      ptype: "subscriber",
      room,
      streams,
    });
    const sdp = answerTo(jsep?.sdp ?? "", { fingerprint: identity.fingerprint })
      .replace(/^a=ice-ufrag:.*\r$/gm, "a=ice-ufrag:peer\r")
      .replace(/^a=ice-pwd:.*\r$/gm, `a=ice-pwd:${PASSWORD}\r`);
    await session.ask(handle, { request: "start" }, { type: "answer", sdp });
    ears.push(await connect(handle, jsep?.sdp ?? ""));
  }
  const owned = stack.move();
  return { talkers, ears, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
