import { type Signal, signal } from "@preact/signals";
import type { Channel, ReadState } from "../../../core/api/channel.ts";
import type {
  ClientFrame,
  Dm,
  PairDm,
  Self,
  ServerFrame,
  Snapshot,
} from "../../../core/api/gateway.ts";
import type { Guild, Member } from "../../../core/api/guild.ts";
import type { Invitation } from "../../../core/api/invitations.ts";
import type { Message, MessageMedia, MessagePage } from "../../../core/api/message.ts";
import type { NotifySetting } from "../../../core/api/notify.ts";
import type { Quiet } from "../../../core/api/quiet.ts";
import type { Relationship } from "../../../core/api/relationships.ts";
import type { OwnThread, Thread } from "../../../core/api/thread.ts";
import type { ThreadView } from "../../../core/api/threads.ts";
import type { User } from "../../../core/api/user.ts";
import { othersIn } from "../format/dm_name.ts";
import { type KeyChoices, NO_CHOICES } from "../keys/bindings.ts";
import type { Announcer } from "./announcements.ts";
import { type NotifyPlace, settingsByPlace } from "./notify_places.ts";
import type { ReplyTarget, ReturnedMessage, UploadItem } from "./composing.ts";
import type { Kept } from "../kept.ts";
import type { Encryptable } from "./encryptable.ts";
import type { OpenMenu } from "./menu_target.ts";
import { isTalk, type Place, placeKey, refKey, type TalkPlace, threadPlace } from "./place.ts";
import type { ChangeLine, ScrollAnchor } from "./rows.ts";
import { VoiceStore } from "./voice.ts";
import { type ChannelWindow, EMPTY_WINDOW, replaceSpan } from "./window.ts";

export type PresenceName = "online" | "idle" | "dnd" | "offline";
export type Connection = "connecting" | "online" | "reconnecting";

/** What the server renders the app with and the browser takes over. JSON only, no secrets. */
export interface ChatProps {
  readonly snapshot: Snapshot;
  readonly place: Place;
  readonly page: MessagePage | null;
  /** The thread that is open beside the place. */
  readonly thread?: { readonly view: ThreadView; readonly page: MessagePage };
  readonly members: MemberList | null;
  readonly nowMs: number;
  readonly timeZone: string;
  readonly emojiUrl: string;
  readonly publicUrlLocal: boolean;
  readonly sourceUrl: string;
  readonly abuseContact: string | null;
  readonly kept: Kept;
  /** Why the form of this page was refused, when it was sent without scripts. */
  readonly formError?: string;
}

export interface MemberList {
  readonly members: readonly Member[];
  readonly total: number;
  readonly next: string | null;
}

/** What lies over the app: at most one at a time. */
export type Overlay =
  | { readonly kind: "encrypt"; readonly target: Encryptable }
  | { readonly kind: "roomHealth"; readonly roomId: string }
  | { readonly kind: "channelPeople"; readonly guildId: string; readonly channel: Channel }
  | { readonly kind: "createGuild" }
  | { readonly kind: "createChannel"; readonly guildId: string; readonly parent: string | null }
  | { readonly kind: "invite"; readonly guildId: string; readonly channelId: string | null }
  | { readonly kind: "welcome"; readonly guildId: string }
  | { readonly kind: "leaveGuild"; readonly guildId: string }
  | { readonly kind: "leaveDm"; readonly dm: PairDm }
  /** `chosen`: people who are in it from the start. */
  | { readonly kind: "startDm"; readonly chosen?: readonly string[] }
  | { readonly kind: "addPeople"; readonly roomId: string }
  | { readonly kind: "groupLook"; readonly roomId: string }
  | { readonly kind: "groupAct"; readonly act: "leave"; readonly roomId: string }
  | {
    readonly kind: "groupAct";
    readonly act: "remove" | "handOver";
    readonly roomId: string;
    readonly userId: string;
  }
  | { readonly kind: "notify"; readonly place: NotifyPlace }
  | { readonly kind: "friends" }
  | { readonly kind: "profile"; readonly userId: string; readonly guildId: string | null }
  | {
    readonly kind: "moderate";
    readonly act: "kick" | "ban" | "timeout";
    readonly userId: string;
    readonly guildId: string;
  }
  | { readonly kind: "deleteMessage"; readonly message: Message }
  | { readonly kind: "report"; readonly message: Message }
  | { readonly kind: "forward"; readonly message: Message }
  | { readonly kind: "deleteSelected" }
  /** `day`: the one to begin with, `2026-11-22`. */
  | { readonly kind: "jumpToDate"; readonly day?: string }
  | { readonly kind: "picture"; readonly pictures: readonly MessageMedia[]; readonly at: number }
  | { readonly kind: "reactors"; readonly message: Message; readonly key: string }
  /** `question`: what was typed of it already. */
  | { readonly kind: "createPoll"; readonly place: TalkPlace; readonly question: string }
  | { readonly kind: "voters"; readonly message: Message }
  | { readonly kind: "endPoll"; readonly message: Message }
  | { readonly kind: "history"; readonly message: Message }
  | { readonly kind: "whereItIs"; readonly message: Message }
  | { readonly kind: "pins" }
  | { readonly kind: "threads" }
  | { readonly kind: "nameThread"; readonly thread: Thread }
  | { readonly kind: "topic"; readonly name: string; readonly topic: string }
  | { readonly kind: "switcher" }
  | { readonly kind: "inbox" }
  | { readonly kind: "keys" }
  | { readonly kind: "call" }
  | {
    readonly kind: "callPerson";
    readonly guildId: string | null;
    readonly room_id: string;
    readonly channel_id: string;
    readonly userId: string;
  };

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly error: boolean;
}

/** What the composer of one channel is about to do beside the text. */
export interface ComposerMode {
  readonly reply: ReplyTarget | null;
  readonly edit: Message | null;
}

export interface Typist {
  readonly user: User;
  readonly until: number;
}

/** Messages chosen for one act, of one timeline: `key` is its `placeKey`; oldest choice first. */
export interface Selection {
  readonly key: string;
  readonly chosen: readonly Message[];
}

/**
 * Everything the app shows. One instance per rendered page: on the server it lives for one
 * answer, in the browser as long as the tab; it is never shared between people.
 */
export class ChatState {
  readonly self: Signal<Self>;
  readonly guilds: Signal<readonly Guild[]>;
  readonly dms: Signal<readonly Dm[]>;
  /** Messages of people who are blocked that were asked for all the same. */
  readonly unfolded: Signal<ReadonlySet<string>> = signal(new Set());
  /** By room: what changed in conversations of several that were open. */
  readonly changes: Signal<ReadonlyMap<string, readonly ChangeLine[]>> = signal(new Map());
  readonly invitations: Signal<readonly Invitation[]>;
  /** By user id: friends, requests and blocks. */
  readonly relationships: Signal<ReadonlyMap<string, Relationship>>;
  readonly reads: Signal<ReadonlyMap<string, ReadState>>;
  /** By root: those that the viewer decided about, the one last written in first. */
  readonly threads: Signal<ReadonlyMap<string, OwnThread>>;
  /** The thread of which something was heard last, for whoever lists threads. */
  readonly heardThread: Signal<Thread | undefined> = signal(undefined);
  /** By root: what is known of threads that were open in this tab. */
  readonly threadViews: Signal<ReadonlyMap<string, ThreadView>> = signal(new Map());
  /** By place (`refKey`, a whole guild with an empty channel): what was chosen to be told of. */
  readonly notify: Signal<ReadonlyMap<string, NotifySetting>>;
  /** When nothing is told, as it was chosen. */
  readonly quiet: Signal<Quiet>;
  /** When the quiet that holds now ends (ms); null: none holds, or it is not known yet. */
  readonly quietEnd: Signal<number | null> = signal(null);
  /** Keys of channels whose read state must be asked for; see `stale_reads.ts`. */
  readonly staleReads: Signal<ReadonlySet<string>> = signal(new Set());
  readonly presences: Signal<ReadonlyMap<string, PresenceName>>;
  readonly members: Signal<ReadonlyMap<string, MemberList>>;
  readonly users: Map<string, User> = new Map();
  readonly place: Signal<Place>;
  readonly windows: Map<string, Signal<ChannelWindow>> = new Map();
  readonly modes: Map<string, Signal<ComposerMode>> = new Map();
  readonly trays: Map<string, Signal<readonly UploadItem[]>> = new Map();
  /** A message that goes back into the box of its channel. */
  readonly returned: Signal<ReturnedMessage | null> = signal(null);
  readonly voice: VoiceStore;
  readonly typing: Signal<ReadonlyMap<string, readonly Typist[]>> = signal(new Map());
  /** Newest message that arrived in each channel since the page was loaded. */
  readonly lastHeard: Map<string, string> = new Map();
  /** Hears of each message of somebody else that comes while the page is open. */
  onMessage: ((message: Message) => void) | undefined;
  /** Rooms in which every device was verified. */
  readonly verified: Signal<ReadonlySet<string>> = signal(new Set());
  /** Sends what waits to be sent: set by the outbox. */
  sendNow: (() => void) | undefined;
  /** Hears every frame of the gateway: set by what opens and seals messages. */
  heard: ((frame: ServerFrame) => void) | undefined;
  /** The device's end of the encryption has been opened in this tab. */
  readonly privacyOpen: Signal<boolean> = signal(false);
  /** Last message read when a channel was opened: the line of what is new stays there. */
  readonly newAfter: Signal<ReadonlyMap<string, string | null>>;
  readonly connection: Signal<Connection> = signal("connecting");
  /** A newer version of the pages is there: a reload takes it. */
  readonly updateReady: Signal<boolean> = signal(false);
  readonly overlay: Signal<Overlay | null> = signal(null);
  readonly toasts: Signal<readonly Toast[]> = signal([]);
  /** For screen readers: what just arrived in the open channel. */
  readonly announcement: Signal<{ readonly n: number; readonly text: string }> = signal({
    n: 0,
    text: "",
  });
  /** Says what arrives at a pace that can be followed; none on the server. */
  announcer: Announcer | undefined = undefined;
  readonly panel: Signal<"main" | "nav" | "members" | "search"> = signal("main");
  readonly membersOpen: Signal<boolean> = signal(true);
  /** The search beside the timeline: in the open channel or all of its guild; null: closed. */
  readonly finding: Signal<"here" | "all" | null> = signal(null);
  readonly timeZone: Signal<string>;
  readonly now: Signal<number>;
  readonly server: Snapshot["server"];
  readonly props: ChatProps;
  position: string;
  /** Where reading stood in each channel of this tab: a row and its distance from the top. */
  readonly anchors: Map<string, ScrollAnchor> = new Map();
  /** How tall timelines are in this tab; undefined before that is known. */
  timelinePx: number | undefined = undefined;
  /** Null while no messages are being chosen. */
  readonly selection: Signal<Selection | null> = signal(null);
  /** The message whose tools are shown: under the pointer, focused or tapped. */
  readonly active: Signal<string | null> = signal(null);
  /** Categories that are folded, hints that were put away. */
  readonly kept: Signal<Kept>;
  readonly placeMenu: Signal<OpenMenu | null> = signal(null);
  /** Which key does what, as it was chosen in this browser. */
  readonly keys: Signal<KeyChoices> = signal(NO_CHOICES);
  /** Sends a frame through the gateway; does nothing until there is one. */
  transmit: (frame: ClientFrame) => void = () => undefined;
  /** Ends the pause before the gateway is tried again; does nothing until there is one. */
  reconnect: () => void = () => undefined;

  constructor(props: ChatProps) {
    const { snapshot } = props;
    this.props = props;
    this.self = signal(snapshot.self);
    this.guilds = signal(snapshot.guilds);
    this.dms = signal(snapshot.dms);
    this.invitations = signal(snapshot.invitations);
    this.relationships = signal(byUser(snapshot.relationships));
    this.reads = signal(new Map(snapshot.read_states.map((read) => [refKey(read), read])));
    this.threads = signal(byRoot(snapshot.threads));
    this.notify = signal(settingsByPlace(snapshot.notify));
    this.quiet = signal(snapshot.quiet);
    this.presences = signal(new Map(Object.entries(snapshot.presences)));
    this.members = signal(new Map());
    this.place = signal(props.place);
    this.kept = signal(props.kept);
    this.newAfter = signal(new Map());
    this.timeZone = signal(props.timeZone);
    this.now = signal(props.nowMs);
    this.server = snapshot.server;
    this.voice = new VoiceStore(snapshot.voice, snapshot.missed_calls);
    this.position = snapshot.position;
    if (props.members && props.place.kind === "channel") {
      this.setMembers(props.place.guildId, props.members);
    }
    if (props.page && isTalk(props.place)) {
      const window = this.windowOf(placeKey(props.place));
      window.value = replaceSpan(window.value, props.page);
      this.markOpened(placeKey(props.place));
    }
    const beside = threadPlace(props.place);
    if (props.thread && beside) {
      const window = this.windowOf(placeKey(beside));
      window.value = replaceSpan(window.value, props.thread.page);
      this.threadViews.value = new Map([[props.thread.view.thread.id, props.thread.view]]);
      this.takeThreadRead(props.thread.view);
      this.markOpened(placeKey(beside));
    }
  }

  windowOf(key: string): Signal<ChannelWindow> {
    let found = this.windows.get(key);
    if (!found) {
      found = signal(EMPTY_WINDOW);
      this.windows.set(key, found);
    }
    return found;
  }

  modeOf(key: string): Signal<ComposerMode> {
    let found = this.modes.get(key);
    if (!found) {
      found = signal<ComposerMode>({ reply: null, edit: null });
      this.modes.set(key, found);
    }
    return found;
  }

  /** Files chosen for the next message of a channel. */
  trayOf(key: string): Signal<readonly UploadItem[]> {
    let found = this.trays.get(key);
    if (!found) {
      found = signal<readonly UploadItem[]>([]);
      this.trays.set(key, found);
    }
    return found;
  }

  get known(): { guilds: Guild[]; dms: Dm[] } {
    return { guilds: [...this.guilds.value], dms: [...this.dms.value] };
  }

  setMembers(guildId: string, list: MemberList): void {
    this.members.value = new Map(this.members.value).set(guildId, list);
    for (const member of list.members) this.users.set(member.user.id, member.user);
    const presences = new Map(this.presences.value);
    for (const member of list.members) {
      if (!presences.has(member.user.id)) presences.set(member.user.id, member.presence);
    }
    this.presences.value = presences;
  }

  /** Puts the line of what is new where reading stopped; undefined where nothing is unread. */
  markOpened(key: string): void {
    const read = this.reads.value.get(key);
    const next = new Map(this.newAfter.value);
    if (read && read.unread > 0) next.set(key, read.last_read_id);
    else next.delete(key);
    this.newAfter.value = next;
  }

  /** How far a thread was read; of one that is not followed nothing waits. */
  takeThreadRead({ read }: Pick<ThreadView, "read">): void {
    this.reads.value = new Map(this.reads.value).set(refKey(read), read);
  }

  takeSnapshot(snapshot: Snapshot): void {
    this.staleReads.value = new Set();
    this.lastHeard.clear();
    this.self.value = snapshot.self;
    this.guilds.value = snapshot.guilds;
    this.dms.value = snapshot.dms;
    this.invitations.value = snapshot.invitations;
    this.relationships.value = byUser(snapshot.relationships);
    this.reads.value = new Map(snapshot.read_states.map((read) => [refKey(read), read]));
    this.threads.value = byRoot(snapshot.threads);
    this.notify.value = settingsByPlace(snapshot.notify);
    this.quiet.value = snapshot.quiet;
    this.presences.value = new Map(Object.entries(snapshot.presences));
    this.voice.takeSnapshot(snapshot.voice);
    this.voice.missed.value = snapshot.missed_calls;
    this.position = snapshot.position;
  }

  /** Nothing of whom the viewer has blocked is shown, counted or announced. */
  isBlocked(userId: string): boolean {
    return this.relationships.value.get(userId)?.blocked === true;
  }

  /** Whether no more is shown of a message than that it is there. */
  isHidden({ id, author }: Pick<Message, "id" | "author">): boolean {
    return this.isBlocked(author.id) && !this.unfolded.value.has(id);
  }

  presenceOf(userId: string): PresenceName {
    if (userId === this.self.value.user.id) {
      const own = this.self.value.presence;
      return own === "invisible" ? "offline" : own;
    }
    return this.presences.value.get(userId) ?? "offline";
  }

  /** Forgets what is held of channels that are not to be seen any more. */
  forget(keys: readonly string[]): void {
    const gone = new Set(keys);
    for (const key of keys) {
      this.windows.delete(key);
      this.anchors.delete(key);
      this.lastHeard.delete(key);
    }
    const without = <Value>(map: ReadonlyMap<string, Value>) =>
      new Map([...map].filter(([key]) => !gone.has(key)));
    this.reads.value = without(this.reads.value);
    this.newAfter.value = without(this.newAfter.value);
    this.typing.value = without(this.typing.value);
    this.staleReads.value = new Set([...this.staleReads.value].filter((key) => !gone.has(key)));
  }

  /** What is known of a user: member, author, or nothing but the id. */
  userOf(userId: string): User {
    if (userId === this.self.value.user.id) return this.self.value.user;
    return this.users.get(userId) ??
      this.#inConversation(userId) ??
      this.relationships.value.get(userId)?.user ??
      { id: userId, display_name: null, avatar: null, bio: null, status: null, bot: false };
  }

  #inConversation(userId: string): User | undefined {
    for (const dm of this.dms.value) {
      const found = othersIn(dm, "").find((user) => user.id === userId);
      if (found) return found;
    }
    return undefined;
  }

  memberOf(guildId: string | null, userId: string): Member | undefined {
    if (guildId === null) return undefined;
    if (userId === this.self.value.user.id) {
      return this.guilds.value.find((guild) => guild.id === guildId)?.me;
    }
    return this.members.value.get(guildId)?.members.find((member) => member.user.id === userId);
  }
}

function byUser(list: readonly Relationship[]): ReadonlyMap<string, Relationship> {
  return new Map(list.map((each) => [each.user.id, each]));
}

/** None in what an older page kept for reading offline. */
function byRoot(list: readonly OwnThread[] = []): ReadonlyMap<string, OwnThread> {
  return new Map(list.map((own) => [own.thread.id, own]));
}
