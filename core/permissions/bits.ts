/**
 * The permission bits of `og1`. PROTOCOL.md 4 carries this table; a test compares the two.
 * Bit numbers are part of the room version: never renumber, never reuse.
 */

export type RightGroup = "general" | "members" | "text" | "voice" | "management";

export interface RightInfo {
  /** Bit number, 0..127. */
  readonly bit: number;
  readonly group: RightGroup;
  /** True where an entry of a channel or category can allow or deny it. */
  readonly inChannel: boolean;
}

const table = {
  VIEW_CHANNEL: [0, "general", true],
  READ_HISTORY: [1, "text", true],
  SEND: [2, "text", true],
  SEND_IN_THREADS: [3, "text", true],
  ADD_REACTIONS: [4, "text", true],
  PIN: [5, "text", true],
  MANAGE_MESSAGES: [6, "text", true],
  MANAGE_THREADS: [7, "text", true],
  ATTACH: [8, "text", true],
  EMBED: [9, "text", true],
  EXTERNAL_EMOJI: [10, "text", true],
  MENTION_EVERYONE: [11, "text", true],
  MANAGE_CHANNELS: [12, "management", true],
  MANAGE_ROLES: [13, "management", true],
  MANAGE_GUILD: [14, "management", false],
  MANAGE_EXPRESSIONS: [15, "management", false],
  MANAGE_WEBHOOKS: [16, "management", false],
  VIEW_AUDIT_LOG: [17, "management", false],
  CREATE_INVITE: [18, "members", false],
  CHANGE_NICKNAME: [19, "members", false],
  MANAGE_NICKNAMES: [20, "members", false],
  KICK: [21, "members", false],
  BAN: [22, "members", false],
  MODERATE_MEMBERS: [23, "members", false],
  CONNECT: [24, "voice", true],
  SPEAK: [25, "voice", true],
  VIDEO: [26, "voice", true],
  USE_VOICE_ACTIVITY: [27, "voice", true],
  PRIORITY_SPEAKER: [28, "voice", true],
  MUTE_MEMBERS: [29, "voice", true],
  DEAFEN_MEMBERS: [30, "voice", true],
  MOVE_MEMBERS: [31, "voice", true],
  ADMINISTRATOR: [32, "general", false],
} as const satisfies Record<string, readonly [number, RightGroup, boolean]>;

export type Right = keyof typeof table;

export const RIGHT_NAMES = Object.keys(table) as readonly Right[];

/** Every named right with its number and group, in the order settings show it. */
export const RIGHTS: Readonly<Record<Right, RightInfo>> = Object.fromEntries(
  Object.entries(table).map(([name, [bit, group, inChannel]]) => [
    name,
    { bit, group, inChannel },
  ]),
) as Record<Right, RightInfo>;

/** One bit per right: `BIT.SEND`. */
export const BIT: Readonly<Record<Right, bigint>> = Object.fromEntries(
  Object.entries(table).map(([name, [bit]]) => [name, 1n << BigInt(bit)]),
) as Record<Right, bigint>;

export const NO_BITS = 0n;
/** What "all bits" means: every bit a `bits` field can carry, named or not. */
export const ALL_BITS = (1n << 128n) - 1n;

/** The union of some rights. */
export function bitsOf(...rights: readonly Right[]): bigint {
  return rights.reduce((sum, right) => sum | BIT[right], NO_BITS);
}

/** Whether `bits` holds `right`. */
export function holds(bits: bigint, right: Right): boolean {
  return (bits & BIT[right]) !== NO_BITS;
}

/** Names of the rights in `bits`; bits without a name are left out. */
export function namesOf(bits: bigint): Right[] {
  return RIGHT_NAMES.filter((right) => holds(bits, right));
}

const HEX = /^(?:0|[1-9a-f][0-9a-f]{0,31})$/;

/** Parses `bits`: lower-case hex, no leading zero, "0" for none, at most 32 digits. PROTOCOL.md 4. */
export function parseBits(hex: unknown): bigint | undefined {
  return typeof hex === "string" && HEX.test(hex) ? BigInt(`0x${hex}`) : undefined;
}

/** As they stand in events: lower-case hexadecimal without leading zeros. PROTOCOL.md 4. */
export function formatBits(bits: bigint): string {
  return (bits & ALL_BITS).toString(16);
}

/** What a timed-out member keeps at most. PROTOCOL.md 4. */
export const TIMED_OUT_BITS = bitsOf("VIEW_CHANNEL", "READ_HISTORY");

/** What everyone may do in a new guild unless its founder says otherwise. */
export const DEFAULT_EVERYONE_BITS = bitsOf(
  "VIEW_CHANNEL",
  "READ_HISTORY",
  "SEND",
  "SEND_IN_THREADS",
  "ADD_REACTIONS",
  "ATTACH",
  "EMBED",
  "EXTERNAL_EMOJI",
  "CREATE_INVITE",
  "CHANGE_NICKNAME",
  "CONNECT",
  "SPEAK",
  "VIDEO",
  "USE_VOICE_ACTIVITY",
);

/** What both people of a DM may do in it. PROTOCOL.md 10. */
export const DM_BITS = bitsOf(
  "VIEW_CHANNEL",
  "READ_HISTORY",
  "SEND",
  "ADD_REACTIONS",
  "PIN",
  "ATTACH",
  "EMBED",
  "EXTERNAL_EMOJI",
  "CREATE_INVITE",
  "CONNECT",
  "SPEAK",
  "VIDEO",
  "USE_VOICE_ACTIVITY",
);

/** What everyone in a group DM may do in it; its owner may do everything. PROTOCOL.md 10. */
export const GROUP_DM_BITS = DM_BITS;

/** What a webhook may do in the one channel its invite names. PROTOCOL.md 10. */
export const WEBHOOK_BITS = bitsOf("SEND", "ATTACH", "EMBED", "EXTERNAL_EMOJI");
