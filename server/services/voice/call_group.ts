import type { DispatchData } from "../../../core/api/gateway.ts";
import {
  VOICE_LIMITS,
  type VoiceCommit,
  type VoiceGroup,
  type VoiceWanted,
} from "../../../core/api/voice.ts";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Bundle, BundleFacts } from "../../../core/mls/bundle.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { checkedBundle } from "../e2ee/bundle.ts";
import { readFounding } from "../e2ee/founding.ts";
import { policy, readMls } from "../e2ee/group_refusals.ts";
import { judgeCommit, leafRow } from "../e2ee/judge_commit.ts";
import { deviceKey } from "../e2ee/registered_devices.ts";
import { type GroupMember, type Place, placesAfter, toLeaf, wantedOf } from "./call_places.ts";
import { EpochSwitch } from "./epoch_switch.ts";
import { noSuchSession } from "./refusals.ts";
import { mlsReaders } from "../e2ee/mls_parts.ts";

type Told = DispatchData<"voice.group">;
/** What a participant is told of the group. */
export type GroupWord = Told extends infer T ? T extends Told ? Omit<T, "session"> : never : never;

export interface GroupCommitInput {
  readonly session: string;
  readonly baseEpoch: number;
  readonly external: boolean;
  readonly bundle: Bundle;
}

interface Group {
  readonly id: string;
  readonly epoch: number;
  readonly info: Uint8Array;
  readonly places: readonly Place[];
}

/** Changes of one participant in a minute: a joiner each second is more than a call sees. */
const COMMITS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/**
 * Orders the changes of a call's MLS group, in memory: the first valid commit of an epoch counts.
 * It asks a device that is ready for the epoch for all that is lacking, and another one where that
 * one does nothing. Nothing here can read the call. PROTOCOL.md, "Voice".
 */
export class CallGroup {
  readonly #clock: Clock;
  readonly #tell: (session: string, word: GroupWord) => void;
  /** The longest present first. */
  readonly #members = new Map<string, GroupMember>();
  readonly #switch = new EpochSwitch();
  #group: Group | undefined;
  #commits: (VoiceCommit & { readonly hash: string })[] = [];
  #asked: { readonly session: string; readonly untilMs: number } | undefined;
  /**
   * Leaves that each participant was first asked to remove in this epoch. Who leaves while a change
   * is made goes with the next one: else those who leave one after the other hold up each other's.
   */
  readonly #due = new Map<string, ReadonlySet<number>>();
  /** Packages that somebody was asked to add in this epoch, of who has left meanwhile too. */
  readonly #offered = new Map<string, GroupMember>();
  /** Who was asked in this epoch and did nothing. */
  readonly #silent = new Set<string>();
  readonly #paces = new Map<string, { sinceMs: number; count: number }>();
  /** Participants whose change is being judged. */
  readonly #judging = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: {
    readonly clock: Clock;
    readonly tell: (session: string, word: GroupWord) => void;
  }) {
    this.#clock = deps.clock;
    this.#tell = deps.tell;
  }

  enter(member: GroupMember): void {
    this.#members.set(member.session, member);
    this.#ask();
  }

  leave(session: string): void {
    if (!this.#members.delete(session)) return;
    this.#switch.forget(session);
    this.#paces.delete(session);
    this.#silent.delete(session);
    this.#due.delete(session);
    if (this.#asked?.session === session) this.#asked = undefined;
    if (this.#placed().length === 0) this.#end();
    this.#ask();
    this.#lookAtSwitch();
  }

  /** Founds the group. @throws OperationError `stale_epoch`, `roster_mismatch`, `policy`, `invalid` */
  found(
    session: string,
    { groupId, groupInfo }: { readonly groupId: string; readonly groupInfo: Uint8Array },
  ): Promise<number> {
    return this.#inTurn(session, async (member) => {
      const { leaf } = await readFounding(groupInfo, { groupId, caller: member.device });
      this.#require(session);
      if (this.#group !== undefined) throw this.#stale(-1);
      this.#group = {
        id: groupId,
        epoch: 0,
        info: groupInfo,
        places: [{ leaf: leafRow(leaf), session }],
      };
      this.#tellAll({ kind: "founded", group_id: groupId });
      return this.#begun(session);
    });
  }

  /**
   * Takes the first change of an epoch; the same one again gets the same answer.
   * @throws OperationError `stale_epoch`, `roster_mismatch`, `policy`, `invalid`, `not_found`
   */
  commit(input: GroupCommitInput): Promise<number> {
    const { session, baseEpoch, bundle } = input;
    return this.#inTurn(session, async (member) => {
      const hash = base64Of(
        (await readMls("commit", async () => (await mlsReaders()).readCommit(bundle.commit))).hash,
      );
      const same = this.#commits.find(({ epoch }) => epoch === baseEpoch);
      if (same?.hash === hash && same.sender === session) return baseEpoch + 1;
      const group = this.#group;
      if (group === undefined || group.epoch !== baseEpoch) throw this.#stale(baseEpoch);
      const facts = await checkedBundle(group.info, bundle);
      // Who came or went meanwhile counts: nothing awaits from here on.
      this.#require(session);
      if (this.#group !== group) throw this.#stale(baseEpoch);
      if (facts.external !== input.external) {
        throw policy("not_external", "`external` does not say what the commit is.");
      }
      const by = group.places.find(({ leaf }) => leaf.leaf === facts.by.leaf);
      if (!facts.external && by?.session !== session) {
        throw policy("not_committer", "The commit is by a place of another stay in this call.");
      }
      const packages = this.#packages(group);
      const due = this.#due.get(session);
      judgeCommit({
        facts,
        caller: member.device,
        leaves: group.places.map(({ leaf }) => leaf),
        registered: [...this.#members.values(), ...packages.values()].map(({ device }) => device),
        wanted: wantedOf(this.#members, group.places),
        ...(due && { due }),
        claims: claimsOf(facts, packages),
      });
      const places = placesAfter(group.places, facts, { session, packages });
      this.#group = { ...group, epoch: baseEpoch + 1, info: bundle.groupInfo, places };
      this.#take({ session, before: group, hash, bundle, external: facts.external });
      return this.#begun(session);
    });
  }

  /** A participant can receive with an epoch's keys. */
  ready(session: string, epoch: number): void {
    this.#switch.ready(session, Math.min(epoch, this.#group?.epoch ?? -1));
    this.#lookAtSwitch();
  }

  /** Asks another one where who was asked did nothing, and changes keys where it is time. */
  tick(): void {
    const asked = this.#asked;
    // What it sent may be in the line already.
    const isLate = asked !== undefined && !this.#judging.has(asked.session) &&
      this.#clock.monotonic() >= asked.untilMs;
    if (isLate) {
      this.#silent.add(asked.session);
      this.#asked = undefined;
      this.#ask();
    }
    this.#lookAtSwitch();
  }

  view(afterEpoch: number | undefined): VoiceGroup {
    const group = this.#group;
    const from = (afterEpoch ?? Infinity) + 1;
    const oldest = this.#commits[0]?.epoch ?? group?.epoch ?? 0;
    return {
      group_id: group?.id ?? null,
      epoch: group?.epoch ?? -1,
      group_info: group === undefined ? null : base64Of(group.info),
      leaves: group?.places.map(toLeaf) ?? [],
      wanted: {
        committer: this.#asked?.session ?? null,
        ...wantedOf(this.#members, group?.places ?? []),
      },
      commits: this.#commitsFrom(from),
      gone: afterEpoch !== undefined && group !== undefined &&
        (from < oldest || from > group.epoch),
      switched: this.#switch.current,
    };
  }

  #commitsFrom(from: number): VoiceCommit[] {
    return this.#commits.filter(({ epoch }) => epoch >= from).map(({ hash: _, ...commit }) =>
      commit
    );
  }

  /** Leaves of those who are in the call. */
  #placed(): string[] {
    return (this.#group?.places ?? []).map(({ session }) => session)
      .filter((session) => this.#members.has(session));
  }

  /**
   * Packages by which devices may be added, by reference: of who is in the call without a leaf, and
   * of who was when somebody was asked. These have no use of it: the Welcome goes to nobody who left.
   */
  #packages(group: Group): Map<string, GroupMember> {
    const placed = new Set(group.places.map(({ session }) => session));
    const all = [...this.#offered.values(), ...this.#members.values()];
    return new Map(
      all.filter(({ session }) => !placed.has(session)).map((each) => [each.keyPackage.ref, each]),
    );
  }

  /** Nobody who is in the group is left: whoever is still there begins another one. */
  #end(): void {
    this.#group = undefined;
    this.#commits = [];
    this.#forgetAsked();
    this.#switch.reset();
  }

  /** Keeps a commit, and tells everybody. */
  #take({ session, before, hash, bundle, external }: {
    readonly session: string;
    readonly before: Group;
    readonly hash: string;
    readonly bundle: Bundle;
    readonly external: boolean;
  }): void {
    const commit: VoiceCommit = {
      epoch: before.epoch,
      commit: base64Of(bundle.commit),
      sender: session,
      external,
    };
    this.#commits = [...this.#commits, { ...commit, hash }].slice(-VOICE_LIMITS.keptCommits);
    const former = new Set(before.places.map((place) => place.session));
    const places = this.#group?.places ?? [];
    const placed = new Set(places.map((place) => place.session));
    const welcome = bundle.welcome === undefined ? null : base64Of(bundle.welcome);
    const leaves = places.map(toLeaf);
    for (const member of this.#members.keys()) {
      const isAdded = placed.has(member) && !former.has(member) && member !== session;
      this.#tell(member, { kind: "commit", commit, leaves, welcome: isAdded ? welcome : null });
    }
  }

  /** What was asked for in an epoch that is over. */
  #forgetAsked(): void {
    this.#asked = undefined;
    this.#silent.clear();
    this.#due.clear();
    this.#offered.clear();
  }

  /** An epoch has begun by this participant. */
  #begun(session: string): number {
    const epoch = this.#group?.epoch ?? 0;
    this.#forgetAsked();
    this.#switch.begin(epoch, { by: session, nowMs: this.#clock.monotonic() });
    this.#lookAtSwitch();
    this.#ask();
    return epoch;
  }

  #lookAtSwitch(): void {
    const epoch = this.#switch.look(this.#placed(), this.#clock.monotonic());
    if (epoch !== undefined) this.#tellAll({ kind: "switch", epoch });
  }

  /** Asks somebody for what is lacking, if anything is. */
  #ask(): void {
    const wanted = wantedOf(this.#members, this.#group?.places ?? []);
    const isComplete = this.#group !== undefined && wanted.add.length + wanted.remove.length === 0;
    const able = isComplete
      ? []
      : this.#group === undefined
      ? [...this.#members.keys()]
      : [...this.#members.keys()].filter((session) => this.#placed().includes(session));
    if (able.every((session) => this.#silent.has(session))) this.#silent.clear();
    const committer = this.#committer(able);
    if (committer === undefined) {
      this.#asked = undefined;
      return;
    }
    if (this.#asked?.session !== committer) {
      const untilMs = this.#clock.monotonic() + VOICE_LIMITS.commitMs;
      this.#asked = { session: committer, untilMs };
    }
    this.#offer(committer, wanted);
    this.#tell(committer, {
      kind: "wanted",
      epoch: this.#group?.epoch ?? -1,
      wanted: { committer, ...wanted },
    });
  }

  /** Notes what this one is asked for. */
  #offer(committer: string, { add, remove }: Omit<VoiceWanted, "committer">): void {
    if (!this.#due.has(committer)) {
      this.#due.set(committer, new Set(remove.map(({ leaf }) => leaf)));
    }
    for (const { session } of add) {
      const member = this.#members.get(session);
      if (member !== undefined) this.#offered.set(session, member);
    }
    const spare = this.#offered.size - VOICE_LIMITS.keptPackages;
    for (const session of [...this.#offered.keys()].slice(0, Math.max(0, spare))) {
      this.#offered.delete(session);
    }
  }

  /**
   * Who was asked already, then whoever is ready for the epoch and need not take in a commit first,
   * then the longest present.
   */
  #committer(able: readonly string[]): string | undefined {
    const open = able.filter((session) => !this.#silent.has(session));
    const epoch = this.#group?.epoch ?? -1;
    return open.find((session) => session === this.#asked?.session) ??
      open.find((session) => this.#switch.isReady(session, epoch)) ?? open[0];
  }

  #tellAll(word: GroupWord): void {
    for (const session of this.#members.keys()) this.#tell(session, word);
  }

  #require(session: string): GroupMember {
    const member = this.#members.get(session);
    if (member === undefined) throw noSuchSession();
    return member;
  }

  #stale(baseEpoch: number): OperationError {
    const epoch = this.#group?.epoch ?? -1;
    return new OperationError(
      "stale_epoch",
      epoch < 0
        ? "The call's group has no epoch yet, or was begun anew: found it, or wait for its commit."
        : `The call's group is at epoch ${epoch}, the change is for ${baseEpoch}: take the missing commits in first.`,
      { details: { epoch, commits: this.#commitsFrom(Math.max(baseEpoch, 0)) } },
    );
  }

  /** One change after the other, and one of each participant at a time. */
  async #inTurn(session: string, work: (member: GroupMember) => Promise<number>): Promise<number> {
    this.#require(session);
    this.#takePace(session);
    if (this.#judging.has(session)) {
      throw tooFast("A change of this device is still being looked at.");
    }
    this.#judging.add(session);
    const turn = this.#turn.then(() => work(this.#require(session)));
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#judging.delete(session);
    }
  }

  #takePace(session: string): void {
    const nowMs = this.#clock.monotonic();
    const pace = this.#paces.get(session);
    if (pace === undefined || nowMs - pace.sinceMs > MINUTE_MS) {
      this.#paces.set(session, { sinceMs: nowMs, count: 1 });
    } else if (++pace.count > COMMITS_PER_MINUTE) {
      throw tooFast(
        `This device changed the call's group ${COMMITS_PER_MINUTE} times in a minute.`,
      );
    }
  }
}

/** Which package of each device counts, by device: it may have brought one for each stay. */
function claimsOf(
  { adds }: BundleFacts,
  packages: ReadonlyMap<string, GroupMember>,
): Map<string, string> {
  const brought = adds.map(({ ref }) => packages.get(base64Of(ref)));
  return new Map(
    [...packages.values(), ...brought.filter((each) => each !== undefined)]
      .map(({ device, keyPackage }) => [deviceKey(device), keyPackage.ref]),
  );
}

function tooFast(message: string): OperationError {
  return new OperationError("rate_limited", `${message} Try again in a moment.`, {
    details: { retry_after_ms: 1000 },
  });
}
