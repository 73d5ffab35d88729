import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { createSocket } from "node:dgram";
import { DtlsClient } from "werift";
import { seededRandom } from "../../tests/harness/seeded_random.ts";
import { selfSigned } from "../../tests/harness/self_signed.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { type Judge, LOSE, PASS, udpRelay } from "../../tests/harness/udp_relay.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import type { MasterKey } from "../sfu/srtp.ts";
import { type DtlsIdentity, fingerprintOf, makeIdentity, SIGNATURE } from "./certificate.ts";
import { writeRecord } from "./records.ts";
import { DtlsPeer } from "./dtls_peer.ts";

interface Keys {
  readonly receive: MasterKey;
  readonly send: MasterKey;
}
type End = { readonly keys: Keys } | { readonly reason: string };

const hexOf = ({ receive, send }: Keys) =>
  Buffer.concat([receive.key, send.key, receive.salt, send.salt]).toString("hex");

/** A server for one client on a real socket. It expects the certificate of `fingerprint`. */
async function startServer(identity: DtlsIdentity, fingerprint: string) {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", () => resolve()));
  let client = 0;
  const { promise: ended, resolve } = Promise.withResolvers<End>();
  const peer = new DtlsPeer(identity, {
    send: (datagram) => socket.send(datagram, client, "127.0.0.1"),
    onKeys: (keys) => resolve({ keys }),
    onEnd: (reason) => resolve({ reason }),
  });
  peer.expect(fingerprint);
  socket.on("message", (data, { port }) => {
    client = port;
    peer.receive(data);
  });
  return {
    port: socket.address().port,
    ended,
    peer,
    async [Symbol.asyncDispose]() {
      await peer.close();
      await new Promise<void>((done) => socket.close(() => done()));
    },
  };
}

/** OpenSSL as the browser: the keys that it exports, once it has connected. */
async function opensslKeys(port: number, folder: string): Promise<string> {
  const child = new Deno.Command("openssl", {
    args: [
      ...["s_client", "-dtls1_2", "-timeout", "-connect", `127.0.0.1:${port}`],
      ...["-cert", `${folder}/cert.pem`, "-key", `${folder}/key.pem`],
      ...["-use_srtp", "SRTP_AEAD_AES_128_GCM"],
      ...["-keymatexport", "EXTRACTOR-dtls_srtp", "-keymatexportlen", "56"],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    let text = "";
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      const keys = /Keying material: ([0-9A-F]{112})/.exec(text)?.[1];
      if (keys !== undefined) return keys.toLowerCase();
    }
    throw new Error(`openssl has ended:\n${text}`);
  } finally {
    await child.stdin.close();
    child.kill();
    await child.status;
  }
}

async function makeClient(folder: string): Promise<string> {
  const { cert, key } = await selfSigned({ name: "browser", days: 1 });
  await Deno.writeTextFile(`${folder}/cert.pem`, cert);
  await Deno.writeTextFile(`${folder}/key.pem`, key);
  return fingerprintOf(new X509Certificate(cert).raw);
}

/** Random trouble: each way loses one datagram at the most, because timers double. */
function storm(seed: number): Judge {
  const random = seededRandom(seed);
  const lost = { up: Math.floor(random() * 4), down: Math.floor(random() * 8) };
  return (way, count) => {
    if (count === lost[way]) return LOSE;
    const dice = count > 12 ? 1 : random();
    if (dice < 0.3) return { now: 2, later: 1 };
    return dice < 0.6 ? { now: 0, later: 1 } : PASS;
  };
}

Deno.test("OpenSSL agrees on the keys, whatever is lost, repeated or late on the way", async () => {
  await using folder = await tempFolder();
  const fingerprint = await makeClient(folder.path);
  const identity = await makeIdentity();
  const networks: [string, Judge][] = [
    ["a good network", () => PASS],
    ["everything twice", () => ({ now: 2, later: 0 })],
    ["everything again behind the next", () => ({ now: 1, later: 1 })],
    ["pairs in the other order", (_, count) => count % 2 === 0 ? { now: 0, later: 1 } : PASS],
    ...[0, 1, 2, 3, 4].map((lost): [string, Judge] => [
      `datagram ${lost} to the server lost`,
      (way, count) => way === "up" && count === lost ? LOSE : PASS,
    ]),
    ...[0, 1, 3, 5, 6, 7].map((lost): [string, Judge] => [
      `datagram ${lost} from the server lost`,
      (way, count) => way === "down" && count === lost ? LOSE : PASS,
    ]),
    ...[1, 2, 3].map((seed): [string, Judge] => [`storm ${seed}`, storm(seed)]),
  ];
  await Promise.all(networks.map(async ([name, judge]) => {
    await using server = await startServer(identity, fingerprint);
    await using relay = await udpRelay(server.port, judge);
    const keys = await opensslKeys(relay.port, folder.path);
    const end = await server.ended;
    assert.ok("keys" in end, `${name}: ${JSON.stringify(end)}`);
    assert.equal(hexOf(end.keys), keys, name);
  }));
});

interface Client {
  readonly cert: DtlsIdentity;
  /** The private key that it signs with: its own, if it is honest. */
  readonly key: DtlsIdentity;
  /** Makes it dishonest in another way. */
  readonly spoil?: (client: DtlsClient) => void;
}

/** werift as a browser without scruples, in memory; and what both have sent. */
async function connectWerift(identity: DtlsIdentity, fingerprint: string, options: Client) {
  const { promise: ended, resolve } = Promise.withResolvers<End>();
  const reasons: string[] = [];
  const up: Buffer[] = [];
  const down: Buffer[] = [];
  const transport = {
    type: "udp",
    address: { address: "", family: "", port: 0 },
    closed: false,
    onData: (_data: Buffer, _from: readonly [string, number]) => {},
    send(data: Buffer) {
      up.push(data);
      peer.receive(data);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const peer = new DtlsPeer(identity, {
    send(datagram) {
      down.push(datagram);
      queueMicrotask(() => transport.onData(datagram, ["", 0]));
    },
    onKeys: (keys) => resolve({ keys }),
    onEnd(reason) {
      reasons.push(reason);
      resolve({ reason });
    },
  });
  peer.expect(fingerprint);
  const client = new DtlsClient({
    transport,
    cert: options.cert.certPem,
    key: options.key.keyPem,
    signatureHash: SIGNATURE,
    srtpProfiles: [7],
    extendedMasterSecret: true,
  });
  options.spoil?.(client);
  // A flight that is not answered ends it, which the server's end tells better.
  const running = client.connect().catch(() => {});
  const end = await ended;
  client.dtls.flight = 100;
  await running;
  return { end, up, down, peer, client, reasons, [Symbol.asyncDispose]: () => peer.close() };
}

Deno.test("a browser is refused that shows a certificate of which it has no key", async () => {
  const identity = await makeIdentity();
  const [own, stolen] = await Promise.all([makeIdentity(), makeIdentity()]);
  await using honest = await connectWerift(identity, own.fingerprint, { cert: own, key: own });
  assert.ok("keys" in honest.end);
  const refused = async (fingerprint: string, client: Client) => {
    await using made = await connectWerift(identity, fingerprint, client);
    const finished = made.down.filter((datagram) => datagram.readUInt16BE(3) === 1);
    assert.equal(finished.length, 0, "it was told that the handshake is over");
    return made.end;
  };
  assert.deepEqual(
    await refused(stolen.fingerprint, { cert: stolen, key: own }),
    { reason: "it shows a certificate that it does not own" },
  );
  assert.deepEqual(
    await refused(stolen.fingerprint, { cert: own, key: own }),
    { reason: "its certificate is not the one that the answer names" },
  );
  const spoil = (client: DtlsClient) => client.cipher.verifyData = () => Buffer.alloc(12);
  assert.deepEqual(
    await refused(own.fingerprint, { cert: own, key: own, spoil }),
    { reason: "it saw another handshake" },
  );
});

Deno.test("a handshake that is over is not begun anew by what was sent before", async () => {
  const identity = await makeIdentity();
  const own = await makeIdentity();
  await using made = await connectWerift(identity, own.fingerprint, { cert: own, key: own });
  await waitFor(
    "the server's Finished",
    () => made.down.some((each) => each.readUInt16BE(3) === 1),
  );
  const before = new Set(made.down.map((datagram) => datagram.toString("hex")));
  const count = made.down.length;
  for (const datagram of [...made.up, ...made.up.toReversed()]) made.peer.receive(datagram);
  await made.peer.close();
  for (const datagram of made.down) assert.ok(before.has(datagram.toString("hex")));
  assert.ok(made.down.length > count, "who did not hear the end is told it again");
});

/** An encrypted alert of a client that has connected. */
function alertOf(client: DtlsClient, level: number, description: number): Buffer {
  const header = { type: 21, version: 0xfefd, epoch: 1, sequence: 100 + level };
  const sealed = client.cipher.encryptPacket(
    {
      recordLayerHeader: {
        contentType: header.type,
        protocolVersion: { major: 0xfe, minor: 0xfd },
        epoch: header.epoch,
        sequenceNumber: header.sequence,
        contentLen: 2,
      },
      fragment: Buffer.from([level, description]),
    } as unknown as Parameters<DtlsClient["cipher"]["encryptPacket"]>[0],
  );
  return writeRecord({ ...header, body: sealed.fragment });
}

Deno.test("a farewell and a fatal alert end a connection, another warning and a forged one do not", async () => {
  const identity = await makeIdentity();
  const own = await makeIdentity();
  const endOf = async (spoil: (client: DtlsClient) => Buffer) => {
    await using made = await connectWerift(identity, own.fingerprint, { cert: own, key: own });
    assert.ok("keys" in made.end);
    made.peer.receive(spoil(made.client));
    return made.reasons;
  };
  assert.deepEqual(await endOf((client) => alertOf(client, 1, 0)), [
    "it has closed the connection",
  ]);
  assert.deepEqual(await endOf((client) => alertOf(client, 2, 80)), [
    "it ended the connection with alert 80",
  ]);
  assert.deepEqual(await endOf((client) => alertOf(client, 1, 100)), []);
  const plain = { type: 21, version: 0xfefd, sequence: 7, body: Buffer.from([2, 80]) };
  assert.deepEqual(await endOf(() => writeRecord({ ...plain, epoch: 0 })), []);
  assert.deepEqual(await endOf(() => writeRecord({ ...plain, epoch: 1 })), []);
});

Deno.test("the library needs no network and no file to shake hands: it asks nobody anything", async () => {
  const here = new URL(".", import.meta.url).href;
  const program = `
    const { makeIdentity } = await import("${here}certificate.ts");
    const { DtlsPeer } = await import("${here}dtls_peer.ts");
    const ignore = () => {};
    new DtlsPeer(await makeIdentity(), { send: ignore, onKeys: ignore, onEnd: ignore });
    console.log("made");`;
  await using folder = await tempFolder();
  const file = `${folder.path}/program.ts`;
  await Deno.writeTextFile(file, program);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", "--allow-read", "--allow-env", "--deny-net"],
      ...["--config", new URL("../../deno.json", import.meta.url).pathname, file],
    ],
    stdin: "null",
    stderr: "inherit",
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "made\n");
});
