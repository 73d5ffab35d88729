import type { RemoteDeviceList } from "../../core/api/federation/encryption.ts";
import { base64Of, equalBytes, fromBase64 } from "../../core/e2ee/bytes.ts";
import { checkCertificate, readCertificate } from "../../core/e2ee/certificate.ts";
import { checkIdentity, type CrossSigning, readIdentity } from "../../core/e2ee/identity.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { type DeviceId, parseDeviceId } from "../../core/ids/device_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { E2EE_DEVICES, type PublishedIdentity } from "../../core/api/e2ee_devices.ts";
import { OperationError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { askDevices } from "../../federation/perform/devices.ts";
import { type ServerPolicy, type Transport, TransportError } from "../../federation/ports.ts";
import { Lanes } from "../http/federation/lanes.ts";
import type { Sql, Tx } from "../postgres/sql.ts";
import { identityOf, type IdentityRow } from "../services/e2ee/device_rows.ts";
import { Until } from "./until.ts";

/** A copy of which nothing newer is known is asked for again after so long. */
const FRESH_MS = 6 * 3_600_000;
/** The same of somebody who has no device: that soon changes. */
const FRESH_NONE_MS = 30_000;
/** Of whom their server said nothing it is not asked again for so long. */
const ABSENT_MS = 2000;
const ABSENT_MAX = 50_000;
/** After a failure a server is not asked again for so long. */
const QUIET_MS = 30_000;
const QUIET_SERVERS_MAX = 10_000;
/** Users whose lists wait to be fetched in the background; others are when somebody asks. */
const WAITING_MAX = 5000;
const LANES = { atOnce: 2, waiting: 100, waitingInAll: 1000 };

export interface RemoteDeviceDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly self: ServerName;
  readonly transport: Pick<Transport, "call">;
  readonly policy: ServerPolicy;
  readonly verifier: SignatureVerifier;
  /** What is held of these users has changed. */
  readonly changed: (users: readonly UserId[]) => void;
}

/** A list whose signatures were checked. */
interface Checked {
  readonly user: UserId;
  readonly version: number;
  readonly identity: CrossSigning | undefined;
  readonly devices: readonly {
    readonly id: DeviceId;
    readonly certificate: Uint8Array;
    readonly signatureKey: Uint8Array;
  }[];
}

/**
 * Identities and devices of people of other servers: copies, fetched when they are wanted and
 * theirs is old, and when their server says that something has changed. What was missed is made
 * up for by the next word, for every word leads to the whole list. PROTOCOL.md 10 (devices).
 */
export class RemoteDevices {
  readonly #deps: RemoteDeviceDeps;
  readonly #lanes = new Lanes(LANES);
  readonly #quiet: Until<ServerName>;
  readonly #absent: Until<UserId>;
  readonly #waiting = new Set<UserId>();
  readonly #stopping = new AbortController();
  #working = false;

  constructor(deps: RemoteDeviceDeps) {
    this.#deps = deps;
    this.#quiet = new Until(deps.clock, QUIET_SERVERS_MAX);
    this.#absent = new Until(deps.clock, ABSENT_MAX);
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Their server says that there is a version; what is not held is not fetched for it. */
  async hear(user: UserId, version: number): Promise<void> {
    // Who speaks is there.
    this.#quiet.end(serverOf(user));
    // Said of the version that is held, too: an older answer may be on its way.
    const [row] = await this.#deps.sql<{ stale: boolean }[]>`
      update remote_device_lists
      set stale = stale or version <> ${version}, words = words + 1
      where user_id = ${user} returning stale`;
    if (row?.stale) this.notice([user]);
  }

  /**
   * A device of theirs speaks: their server is there, and a list without that device is old, even
   * where the word of the change is still on its way after servers could not reach each other.
   */
  async meet(user: UserId, device: DeviceId | null): Promise<void> {
    this.#quiet.end(serverOf(user));
    if (device === null) return;
    await this.#deps.sql`
      update remote_device_lists l set stale = true, words = words + 1
      where l.user_id = ${user} and not exists (
        select from remote_devices d where d.user_id = l.user_id and d.device_id = ${device})`;
  }

  /** Somebody begins to encrypt to these users: what is held is looked at again. */
  async freshen(users: readonly UserId[]): Promise<void> {
    await this.outdate(users);
    this.notice(users);
  }

  /** What is held of these users is fetched anew at the next occasion. */
  async outdate(users: readonly UserId[]): Promise<void> {
    await this.#deps.sql`
      update remote_device_lists set stale = true, words = words + 1
      where user_id = any(${[...users]})`;
  }

  /** Somebody may encrypt to these users: old copies are fetched in the background. */
  notice(users: Iterable<UserId>): void {
    for (const user of users) {
      if (serverOf(user) === this.#deps.self || this.#waiting.size >= WAITING_MAX) continue;
      this.#waiting.add(user);
    }
    if (this.#waiting.size > 0 && !this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      while (this.#waiting.size > 0 && !this.#stopping.signal.aborted) {
        const users = [...this.#waiting].slice(0, E2EE_DEVICES.usersPerQuery);
        for (const user of users) this.#waiting.delete(user);
        await this.refresh(users);
      }
    } catch (error) {
      this.#deps.log.log("warn", "Devices of other servers could not be looked after.", { error });
    } finally {
      this.#working = false;
    }
  }

  /** Fetches what is not held at all; what is merely old is fetched in the background. */
  async learn(users: readonly UserId[]): Promise<void> {
    const old = await this.#oldAmong(users);
    if (old.length === 0) return;
    const rows = await this.#deps.sql<{ user_id: UserId }[]>`
      select user_id from remote_device_lists where user_id = any(${old})`;
    const held = new Set(rows.map((row) => row.user_id));
    this.notice(old.filter((user) => held.has(user)));
    await this.refresh(old.filter((user) => !held.has(user)));
  }

  /** What is held of these users, fetched anew where that is old and their server answers. */
  async find(users: readonly UserId[]): Promise<ReadonlyMap<UserId, PublishedIdentity>> {
    const away = await this.refresh(users);
    const held = await this.#read(users);
    return new Map(users.map((user) => {
      const list = held.get(user) ?? { user_id: user, identity: null, devices: [] };
      return [user, away.has(user) ? { ...list, unreachable: true as const } : list];
    }));
  }

  /** Fetches what is old. Answers whose server could not be asked. */
  async refresh(users: readonly UserId[]): Promise<ReadonlySet<UserId>> {
    const old = await this.#oldAmong(users);
    const away = new Set<UserId>();
    const byServer = Map.groupBy(old, serverOf);
    await Promise.all([...byServer].map(async ([server, theirs]) => {
      for (let at = 0; at < theirs.length; at += E2EE_DEVICES.usersPerQuery) {
        const some = theirs.slice(at, at + E2EE_DEVICES.usersPerQuery);
        if (!await this.#fetch(server, some)) { for (const user of some) away.add(user); }
      }
    }));
    return away;
  }

  async #oldAmong(users: readonly UserId[]): Promise<UserId[]> {
    const { sql, clock, self } = this.#deps;
    const remote = users.filter((user) => serverOf(user) !== self);
    if (remote.length === 0) return [];
    const fresh = await sql<{ user_id: UserId }[]>`
      select l.user_id from remote_device_lists l
      where l.user_id = any(${remote}) and not l.stale and l.fetched_ts > case
        when exists (select from remote_devices d where d.user_id = l.user_id)
        then ${clock.now() - FRESH_MS}::bigint
        else ${clock.now() - FRESH_NONE_MS}::bigint end`;
    const known = new Set(fresh.map((row) => row.user_id));
    return remote.filter((user) => !known.has(user) && !this.#absent.holds(user));
  }

  /** False where the server could not be asked. */
  async #fetch(server: ServerName, users: readonly UserId[]): Promise<boolean> {
    const { transport, policy, log } = this.#deps;
    if (policy.refusal(server) !== undefined) return false;
    if (this.#quiet.holds(server)) return false;
    try {
      await this.#lanes.run(server, async () => {
        const { signal } = this.#stopping;
        const words = await this.#wordsOf(users);
        const lists = await askDevices(transport, server, { users, signal });
        await this.#store(users, lists, words);
      });
      return true;
    } catch (error) {
      const isRefusal = error instanceof TransportError || error instanceof OperationError;
      if (!isRefusal) throw error;
      log.log("info", "A server did not say what devices its users have.", { server, error });
      this.#quiet.set(server, QUIET_MS);
      return false;
    }
  }

  /** What was said so far of what is held of these users. */
  async #wordsOf(users: readonly UserId[]): Promise<ReadonlyMap<UserId, number>> {
    const rows = await this.#deps.sql<{ user_id: UserId; words: number }[]>`
      select user_id, words from remote_device_lists where user_id = any(${[...users]})`;
    return new Map(rows.map((row) => [row.user_id, row.words]));
  }

  async #store(
    users: readonly UserId[],
    lists: ReadonlyMap<UserId, RemoteDeviceList>,
    words: ReadonlyMap<UserId, number>,
  ): Promise<void> {
    const changed: UserId[] = [];
    for (const user of users) {
      const list = lists.get(user);
      if (list === undefined) {
        this.#noteAbsent(user);
        continue;
      }
      const checked = await this.#check(user, list);
      const { sql, clock } = this.#deps;
      const asked = { words: words.get(user), nowMs: clock.now() };
      if (await sql.begin((tx) => storeList(tx, checked, asked))) changed.push(user);
    }
    if (changed.length > 0) this.#deps.changed(changed);
  }

  /**
   * Nobody of that name, or nobody this server has to do with, as theirs sees it now: it may not
   * have heard yet that they share a room. What is held stays.
   */
  #noteAbsent(user: UserId): void {
    this.#absent.set(user, ABSENT_MS);
  }

  /** Leaves out what no device would believe: its server may say anything. */
  async #check(user: UserId, list: RemoteDeviceList): Promise<Checked> {
    const { verifier, clock } = this.#deps;
    const none = { user, version: list.version, identity: undefined, devices: [] };
    if (list.identity === null) return none;
    const identity = readIdentity(user, list.identity);
    if (identity === undefined) return none;
    if (await checkIdentity(identity, verifier) !== "good") return none;
    const devices = new Map<DeviceId, Checked["devices"][number]>();
    for (const { device, certificate: text } of list.devices) {
      const id = parseDeviceId(device);
      const bytes = fromBase64(text);
      const certificate = bytes === undefined ? undefined : readCertificate(bytes);
      if (id === undefined || bytes === undefined || certificate === undefined) continue;
      if (certificate.user !== user || certificate.device !== id) continue;
      if (!equalBytes(certificate.ssk, identity.ssk)) continue;
      const { signatureKey } = certificate;
      const about = { bytes, signatureKey, pinnedMsk: identity.msk, nowMs: clock.now() };
      if (await checkCertificate(about, verifier) !== "good") continue;
      devices.set(id, { id, certificate: bytes, signatureKey });
    }
    return { ...none, identity, devices: [...devices.values()] };
  }

  async #read(users: readonly UserId[]): Promise<ReadonlyMap<UserId, PublishedIdentity>> {
    const { sql } = this.#deps;
    const identities = await sql<IdentityRow[]>`
      select user_id, msk, ssk, usk, ssk_sig, usk_sig from remote_identities
      where user_id = any(${[...users]})`;
    const devices = await sql<{ user_id: UserId; device_id: string; certificate: Uint8Array }[]>`
      select user_id, device_id, certificate from remote_devices
      where user_id = any(${[...users]}) order by user_id, device_id`;
    const byUser = Map.groupBy(devices, (row) => row.user_id);
    return new Map(identities.map((row) => [row.user_id, {
      user_id: row.user_id,
      identity: identityOf(row),
      devices: (byUser.get(row.user_id) ?? []).map(({ device_id, certificate }) => ({
        device: device_id,
        certificate: base64Of(certificate),
      })),
    }]));
  }
}

/**
 * Writes a list; answers whether anything in it is other than before. `words`: those that had been
 * said of what was held when it was asked for, undefined where nothing was held. After others it may
 * be of before them: it is asked for again, and does not take the place of a newer one. Of the first
 * copy nobody noted what was said meanwhile: it is soon looked at again.
 */
async function storeList(
  tx: Tx,
  list: Checked,
  { words, nowMs }: { readonly words: number | undefined; readonly nowMs: number },
): Promise<boolean> {
  const { user, version, identity, devices } = list;
  const before = await fingerprint(tx, user);
  const [held] = await tx<{ version: number; words: number }[]>`
    select version, words from remote_device_lists where user_id = ${user}`;
  const isLate = held !== undefined && held.words !== (words ?? 0);
  if (isLate && version < held.version) return false;
  const isFirst = words === undefined && devices.length > 0;
  const fetchedMs = isFirst ? nowMs - FRESH_MS + FRESH_NONE_MS : nowMs;
  await tx`
    insert into remote_device_lists (user_id, version, fetched_ts, stale)
    values (${user}, ${version}, ${fetchedMs}, false)
    on conflict (user_id) do update set version = excluded.version,
      fetched_ts = excluded.fetched_ts, stale = ${isLate}`;
  await tx`delete from remote_identities where user_id = ${user}`;
  await tx`delete from remote_devices where user_id = ${user}`;
  if (identity !== undefined) {
    const { msk, ssk, usk, sskSignature, uskSignature } = identity;
    await tx`
      insert into remote_identities (user_id, msk, ssk, usk, ssk_sig, usk_sig)
      values (${user}, ${msk}, ${ssk}, ${usk}, ${sskSignature}, ${uskSignature})`;
  }
  for (const { id, certificate, signatureKey } of devices) {
    await tx`
      insert into remote_devices (user_id, device_id, certificate, signature_key)
      values (${user}, ${id}, ${certificate}, ${signatureKey})`;
  }
  return before !== await fingerprint(tx, user);
}

/** Equal as long as identity and devices are the same; also keeps two writers of a list apart. */
async function fingerprint(tx: Tx, user: UserId): Promise<string> {
  await tx`select 1 from remote_device_lists where user_id = ${user} for update`;
  const [row] = await tx<{ text: string }[]>`
    select coalesce((select md5(msk || ssk || usk || ssk_sig || usk_sig)
        from remote_identities where user_id = ${user}), '')
      || coalesce((select md5(string_agg(md5(certificate), '' order by device_id))
        from remote_devices where user_id = ${user}), '') as text`;
  return row?.text ?? "";
}
