import { freePort } from "../../scripts/lib/free_port.ts";
import { waitFor } from "./wait_for.ts";

/** What came for a device, as a push service sees it, and as the device reads it. */
export interface PushSeen {
  readonly headers: Headers;
  readonly wire: Uint8Array<ArrayBuffer>;
}

/** A push service on loopback and one browser's subscription there, with the browser's keys. */
export interface PushService extends AsyncDisposable {
  readonly origin: string;
  readonly subscription: {
    readonly endpoint: string;
    readonly p256dh: string;
    readonly auth: string;
  };
  readonly seen: readonly PushSeen[];
  /** What it answers with, the first ones first; 201 when there are no more. */
  readonly answers: number[];
  /** Waits until so many came. */
  until(count: number): Promise<PushSeen>;
  /** As the browser opens it: RFC 8291, written from its text. */
  open(seen: PushSeen): Promise<string>;
  /** The claims of what signs it (RFC 8292), once its signature was verified with its key. */
  claims(seen: PushSeen): Promise<{ key: string; aud: string; exp: number; sub: string }>;
}

const ECDH = { name: "ECDH", namedCurve: "P-256" } as const;
const ECDSA = { name: "ECDSA", namedCurve: "P-256" } as const;
const text = new TextEncoder();
const urlBytes = (part: string) => Uint8Array.fromBase64(part, { alphabet: "base64url" });
const url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });

export async function startPushService(): Promise<PushService> {
  const port = freePort();
  const origin = `http://127.0.0.1:${port}`;
  const keys = await crypto.subtle.generateKey(ECDH, true, ["deriveBits"]) as CryptoKeyPair;
  const own = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
  const auth = crypto.getRandomValues(new Uint8Array(16));
  const seen: PushSeen[] = [];
  const answers: number[] = [];
  const server = Deno.serve(
    { port, hostname: "127.0.0.1", onListen: () => undefined },
    async (request) => {
      seen.push({ headers: request.headers, wire: new Uint8Array(await request.arrayBuffer()) });
      return new Response(null, { status: answers.shift() ?? 201 });
    },
  );
  return {
    origin,
    subscription: { endpoint: `${origin}/p/one`, p256dh: url(own), auth: url(auth) },
    seen,
    answers,
    until: (count) => waitFor(`${count} messages at the push service`, () => seen[count - 1]),
    open: (each) => open(each.wire, { keys, own, auth }),
    claims: (each) => claimsOf(each.headers),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function derive(
  salt: Uint8Array<ArrayBuffer>,
  secret: Uint8Array<ArrayBuffer>,
  { info, bytes }: { info: Uint8Array<ArrayBuffer>; bytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const params = { name: "HKDF", hash: "SHA-256", salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, bytes * 8));
}

async function open(
  wire: Uint8Array<ArrayBuffer>,
  { keys, own, auth }: {
    keys: CryptoKeyPair;
    own: Uint8Array<ArrayBuffer>;
    auth: Uint8Array<ArrayBuffer>;
  },
): Promise<string> {
  const salt = wire.slice(0, 16);
  const theirs = wire.slice(21, 21 + (wire[20] ?? 0));
  const sealed = wire.slice(21 + theirs.length);
  const public_ = await crypto.subtle.importKey("raw", theirs, ECDH, false, []);
  const shared = new Uint8Array(
    await crypto.subtle.deriveBits({ name: "ECDH", public: public_ }, keys.privateKey, 256),
  );
  const label = text.encode("WebPush: info\0");
  const secret = await derive(auth, shared, {
    info: new Uint8Array([...label, ...own, ...theirs]),
    bytes: 32,
  });
  const cek = await derive(salt, secret, {
    info: text.encode("Content-Encoding: aes128gcm\0"),
    bytes: 16,
  });
  const iv = await derive(salt, secret, {
    info: text.encode("Content-Encoding: nonce\0"),
    bytes: 12,
  });
  const key = await crypto.subtle.importKey("raw", cek, "AES-GCM", false, ["decrypt"]);
  const padded = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed));
  return new TextDecoder().decode(padded.subarray(0, padded.lastIndexOf(2)));
}

async function claimsOf(headers: Headers) {
  const found = /^vapid t=([^.]+)\.([^.]+)\.([^,]+), k=(\S+)$/.exec(
    headers.get("authorization") ?? "",
  );
  if (!found) throw new Error(`not signed: ${headers.get("authorization")}`);
  const [, head = "", body = "", signature = "", key = ""] = found;
  const verifier = await crypto.subtle.importKey("raw", urlBytes(key), ECDSA, false, ["verify"]);
  const holds = await crypto.subtle.verify(
    { ...ECDSA, hash: "SHA-256" },
    verifier,
    urlBytes(signature),
    text.encode(`${head}.${body}`),
  );
  if (!holds) throw new Error("its signature is not of its key");
  return { key, ...JSON.parse(new TextDecoder().decode(urlBytes(body))) };
}
