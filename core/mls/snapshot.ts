import type { GroupState } from "ts-mls/clientState.js";
import type { EpochReceiverData } from "ts-mls/epochReceiverData.js";
import { decodeGroupContext, encodeGroupContext } from "ts-mls/groupContext.js";
import { decodeKeySchedule, encodeKeySchedule } from "ts-mls/keySchedule.js";
import { decodePrivateKeyPath, privateKeyPathEncoder } from "ts-mls/privateKeyPath.js";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { decodeNode, encodeNode, type Node, type RatchetTree } from "ts-mls/ratchetTree.js";
import { ByteReader, concat, framed, uint } from "../e2ee/bytes.ts";
import { limits } from "../limits.ts";
import { decodeWhole } from "./decode.ts";
import { MlsFault } from "./fault.ts";
import type { Group } from "./group.ts";
import {
  type Ratchets,
  ratchetsOf,
  readRatchets,
  secretTreeOf,
  writeRatchets,
} from "./ratchets.ts";

/*
 * A snapshot holds a group whole. Trees of kept epochs share most of their nodes, and of the
 * secrets of an epoch only those of filled leaves and of application messages are ever used (our
 * commits are public): each node is written once, the rest is left out (trap T13).
 */

const VERSION = 1;
const MAX_BYTES = 16 * 1024 * 1024;

/** All of a group, secrets included. `Mls.restore` reads it. */
export function snapshot(group: Group): Uint8Array {
  const { state } = group;
  const nodes = new NodeTable();
  const past = [...state.historicalReceiverData.values()].map((epoch) =>
    framed(
      encodeGroupContext(epoch.groupContext),
      epoch.senderDataSecret,
      nodes.write(epoch.ratchetTree),
      writeRatchets(ratchetsOf(epoch)),
    )
  );
  const own = framed(
    encodeGroupContext(state.groupContext),
    encodeKeySchedule(state.keySchedule),
    encode(privateKeyPathEncoder)(state.privatePath),
    state.signaturePrivateKey,
    state.confirmationTag,
    uint(state.groupActiveState.kind === "active" ? 0 : 1, 1),
    nodes.write(state.ratchetTree),
    writeRatchets(ratchetsOf(state)),
  );
  return concat(uint(VERSION, 1), framed(nodes.encoded(), own, framed(...past)));
}

/** The library's state out of a snapshot; `MlsFault` with `malformed` where it is none. */
export function readSnapshot(bytes: Uint8Array): GroupState {
  if (bytes.length > MAX_BYTES || bytes[0] !== VERSION) {
    throw new MlsFault(
      "malformed",
      `Cannot read a snapshot of form ${bytes[0]} and ${bytes.length} bytes`,
    );
  }
  const [nodes, own, past] = partsOf(bytes.subarray(1), 3);
  const table = partsOf(nodes).map((part) => decode(decodeNode, part, "node"));
  const [context, keys, path, seed, tag, gone, tree, ratchets] = partsOf(own, 8);
  const ratchetTree = readTree(tree, table);
  return {
    groupContext: decode(decodeGroupContext, context, "group context"),
    keySchedule: decode(decodeKeySchedule, keys, "key schedule"),
    privatePath: decode(decodePrivateKeyPath, path, "path of private keys"),
    signaturePrivateKey: seed,
    confirmationTag: tag,
    groupActiveState: { kind: gone[0] === 0 ? "active" : "removedFromGroup" },
    unappliedProposals: {},
    ratchetTree,
    secretTree: secretTreeOf(readRatchets(ratchets), ratchetTree.length),
    historicalReceiverData: new Map(partsOf(past).map((part) => readPast(part, table))),
  };
}

function readPast(bytes: Uint8Array, table: readonly Node[]): [bigint, EpochReceiverData] {
  const [context, senderDataSecret, tree, ratchets] = partsOf(bytes, 4);
  const groupContext = decode(decodeGroupContext, context, "group context");
  const ratchetTree = readTree(tree, table);
  return [groupContext.epoch, {
    groupContext,
    senderDataSecret,
    ratchetTree,
    // Groups that begin from another one are not used.
    resumptionPsk: new Uint8Array(),
    secretTree: secretTreeOf(readRatchets(ratchets), ratchetTree.length),
  }];
}

/** The distinct nodes of several trees. Trees are lists of numbers in it, 0 a blank. */
class NodeTable {
  readonly #numbers = new Map<Node, number>();

  write(tree: RatchetTree): Uint8Array {
    const bytes = new Uint8Array(2 * tree.length);
    const view = new DataView(bytes.buffer);
    for (const [at, node] of tree.entries()) {
      if (node !== undefined) view.setUint16(2 * at, this.#numberOf(node));
    }
    return bytes;
  }

  #numberOf(node: Node): number {
    const known = this.#numbers.get(node);
    if (known !== undefined) return known;
    const next = this.#numbers.size + 1;
    this.#numbers.set(node, next);
    return next;
  }

  encoded(): Uint8Array {
    return framed(...[...this.#numbers.keys()].map(encodeNode));
  }
}

function readTree(bytes: Uint8Array, table: readonly Node[]): RatchetTree {
  const length = bytes.length / 2;
  if (!Number.isInteger(length) || length > 2 * limits.mls.maxLeaves - 1) throw malformed("tree");
  const reader = new ByteReader(bytes);
  return Array.from({ length }, () => {
    const number = reader.uint(2)!;
    const node = table[number - 1];
    if (number > 0 && node === undefined) throw malformed("tree");
    return node;
  });
}

type Tuple<N extends number, T extends Uint8Array[] = []> = T["length"] extends N ? T
  : Tuple<N, [...T, Uint8Array]>;

function partsOf(bytes: Uint8Array): Uint8Array[];
function partsOf<N extends number>(bytes: Uint8Array, count: N): Tuple<N>;
function partsOf(bytes: Uint8Array, count?: number): Uint8Array[] {
  const reader = new ByteReader(bytes);
  const parts: Uint8Array[] = [];
  while (reader.left > 0) {
    const part = reader.led(4);
    if (part === undefined) throw malformed("list of parts");
    parts.push(part);
  }
  if (count !== undefined && parts.length !== count) throw malformed("list of parts");
  return parts;
}

function decode<T>(decoder: Parameters<typeof decodeWhole<T>>[0], bytes: Uint8Array, what: string) {
  return decodeWhole(decoder, bytes, { what: `snapshot's ${what}`, maxBytes: MAX_BYTES });
}

function malformed(what: string): MlsFault {
  return new MlsFault("malformed", `Cannot read a snapshot of a group: its ${what} is damaged`);
}

/** What changed since `before`, by epoch: a few hundred bytes after a message. */
export function delta(before: Group, after: Group): Uint8Array | undefined {
  const changed: Uint8Array[] = [];
  const [old, now] = [before.state, after.state];
  if (old.ratchetTree !== now.ratchetTree || old.keySchedule !== now.keySchedule) return undefined;
  const compare = (epoch: bigint, from: Ratchets, to: Ratchets) => {
    const ratchets = new Map([...to].filter(([leaf, ratchet]) => from.get(leaf) !== ratchet));
    if (ratchets.size === 0) return;
    changed.push(framed(uint(Number(epoch), 6), writeRatchets(ratchets)));
  };
  compare(now.groupContext.epoch, ratchetsOf(old), ratchetsOf(now));
  for (const [epoch, to] of now.historicalReceiverData) {
    const from = old.historicalReceiverData.get(epoch);
    if (from === undefined) return undefined;
    compare(epoch, ratchetsOf(from), ratchetsOf(to));
  }
  return concat(uint(VERSION, 1), framed(...changed));
}

/** The state after a `delta`, given the one before it; `malformed` where it is of another state. */
export function applyToState(state: GroupState, bytes: Uint8Array): GroupState {
  if (bytes[0] !== VERSION) {
    throw new MlsFault("malformed", `Cannot read a change of form ${bytes[0]}`);
  }
  let { secretTree } = state;
  const past = new Map(state.historicalReceiverData);
  for (const part of partsOf(bytes.subarray(1))) {
    const [number, given] = partsOf(part, 2);
    const epoch = BigInt(new ByteReader(number).uint(6) ?? -1);
    const ratchets = readRatchets(given);
    if (epoch === state.groupContext.epoch) {
      secretTree = secretTreeOf(ratchets, secretTree.length, secretTree);
      continue;
    }
    const kept = past.get(epoch);
    if (kept === undefined) throw malformed(`epoch ${epoch}`);
    const tree = secretTreeOf(ratchets, kept.secretTree.length, kept.secretTree);
    past.set(epoch, { ...kept, secretTree: tree });
  }
  return { ...state, secretTree, historicalReceiverData: past };
}
