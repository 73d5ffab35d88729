import type { ServerFrame } from "../../../core/api/gateway.ts";
import type {
  VoiceOffer,
  VoiceParticipant,
  VoiceSession,
  VoiceSource,
  VoiceWatch,
} from "../../../core/api/voice.ts";
import { Turn } from "../../../core/e2ee/engine/turn.ts";
import { deviceName } from "../../../core/e2ee/voice/call_frames.ts";
import type { CallView } from "../../../core/e2ee/voice/call_keys.ts";
import { ApiError, describeCall } from "../api/request.ts";
import type { CallInput } from "../api/types.ts";
import { callApi, reasonOf } from "../browser/browser_api.ts";
import { privacyOf } from "../browser/privacy.ts";
import { randomId } from "../browser/random_id.ts";
import { showToast } from "../browser/toast.ts";
import { can } from "../format/rights.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import type { CallActs, CallShown, CallSpot, CallTrouble } from "../store/voice.ts";
import { serversTold, tellServer } from "./address_to.ts";
import {
  keepVoiceChoices,
  readVoiceChoices,
  type VoiceChoices,
  watchVoiceChoices,
  withVolume,
} from "./choices.ts";
import { canTransform, Connection } from "./connection.ts";
import { DialTone } from "./dial_tone.ts";
import type { FromFrames } from "./frame_words.ts";
import { CallGroup } from "./group.ts";
import { watchOutput } from "./output.ts";
import { Show, soundKey } from "./show.ts";
import { type CallSound, playCallSound } from "./sounds.ts";
import { differs, Speech } from "./speech.ts";
import { troubleOf } from "./trouble_of.ts";
import { useOutput, Voices } from "./voices.ts";
import { Way } from "./way.ts";

type Dispatch = Extract<ServerFrame, { op: "dispatch" }>;
type Ended = Extract<Dispatch, { t: "voice.ended" }>["d"];

/** The sound of leaving is still to be heard (ms). */
const LAST_SOUND_MS = 500;

/**
 * Joins the call of a voice channel or a conversation; a call elsewhere is left. `ring`: the others
 * are rung where nobody is there yet; `answer`: where the caller has gone, it is over.
 */
export function joinCall(state: ChatState, spot: CallSpot, how?: "ring" | "answer"): void {
  const { call, acts } = state.voice;
  const present = call.value;
  if (
    present?.phase !== "stopped" && present?.spot.room_id === spot.room_id &&
    present.spot.channel_id === spot.channel_id
  ) return;
  const { muted = false, deafened = false } = present ?? {};
  acts?.leave();
  void new Call(state, spot, { muted, deafened, how }).begin();
}

/** What stands once the server has let this device in. */
interface Joined {
  readonly session: string;
  readonly connection: Connection;
  readonly group: CallGroup;
  readonly way: Way;
}

/** One stay of this tab in a call, from the click on it to its end. */
class Call implements CallActs {
  readonly #stay = randomId();
  readonly #turn = new Turn();
  /** What is told of oneself, in order: the last word is how it stays. */
  readonly #words = new Turn();
  /** As the server knows it. */
  #told: Pick<CallShown, "muted" | "deafened">;
  readonly #audio = new AudioContext();
  readonly #voices = new Voices(this.#audio);
  readonly #speech: Speech;
  readonly #dialTone = new DialTone(this.#audio);
  readonly #picture = new Show({
    update: (body) => this.#ask(body),
    send: (name, track) => void this.#joined?.connection.show(name, track),
    shown: (change) => this.#show(change),
    trouble: (text) => showToast(this.state, text, true),
  });
  readonly #endings: (() => void)[] = [];
  /** Stays of others whose coming was heard, or who were there before. */
  readonly #known = new Set<string>();
  /** What was told of stays before the server's answer said which one is this tab's. */
  readonly #endedBefore = new Map<string, Ended>();
  #choices = readVoiceChoices();
  #joined: Joined | undefined;
  #mids: VoiceOffer["mids"] = [];
  #over = false;

  constructor(
    readonly state: ChatState,
    readonly spot: CallSpot,
    readonly given: {
      readonly muted: boolean;
      readonly deafened: boolean;
      readonly how?: "ring" | "answer" | undefined;
    },
  ) {
    this.#told = given;
    this.#speech = new Speech(this.#audio, {
      allowed: () => this.#maySpeak(),
      pushToTalk: () => this.#shown().pushToTalk,
      talking: (talking) => this.#show({ talking }),
      trouble: (microphone) => this.#show({ microphone }),
      track: (track) => void this.#joined?.connection.send(track),
      open: (open) => this.#joined?.connection.tell({ kind: "microphone", open }),
    });
    state.voice.acts = this;
    state.voice.rung.value = new Map();
    state.voice.call.value = {
      spot,
      session: undefined,
      phase: "connecting",
      trouble: undefined,
      server: undefined,
      microphone: undefined,
      isSoundless: false,
      muted: given.muted,
      deafened: given.deafened,
      talking: false,
      pushToTalk: this.#keyed(),
      code: undefined,
      devices: [],
      quality: undefined,
      canShow: false,
      watches: [],
      pictures: new Map(),
      staged: false,
    };
  }

  async begin(): Promise<void> {
    try {
      const lack = this.#lack();
      if (lack) return this.#stop(lack);
      void this.#audio.resume().catch(() => undefined);
      this.#endings.push(
        watchOutput(this.#audio, (plays) => this.#show({ isSoundless: !plays })),
      );
      void this.#speech.openMicrophone(this.#choices);
      const privacy = await privacyOf(this.state);
      const engine = await privacy.engine;
      if (!await privacy.becomeDevice()) return this.#stop("unapproved");
      if (this.#over) return;
      const { room_id, channel_id } = this.spot;
      const { muted, deafened } = this.#told = this.#shown();
      const place = { roomId: room_id, channelId: channel_id };
      const key_package = await engine.ask("openCall", this.#stay, place);
      const joined = await callApi("joinVoice", {
        params: { room_id, channel_id },
        body: { muted, deafened, key_package, address_to: serversTold() },
      });
      if (this.#over) return this.#goodbye(joined.session);
      const ended = this.#endedBefore.get(joined.session);
      if (ended !== undefined) return this.#ended(ended);
      const names = { stay: this.#stay, session: joined.session };
      this.#enter(
        joined,
        new CallGroup(engine, names, {
          epoch: (view) => this.#learn(view),
          switched: (epoch) => this.#joined?.connection.tell({ kind: "switch", epoch }),
          lost: (error) => this.#fail(error),
        }),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Why a call cannot begin here at all. */
  #lack(): CallTrouble | undefined {
    if (!isSecureContext || !navigator.mediaDevices) return "insecure";
    return canTransform() ? undefined : "unsupported";
  }

  #enter(
    { session, offer, participants, group: state, video_bitrate }: VoiceSession,
    group: CallGroup,
  ): void {
    const connection = new Connection({
      track: (mid, track) =>
        track.kind === "video" ? this.#picture.add(mid, track) : this.#voices.add(mid, track),
      gone: (mid) => {
        this.#picture.remove(mid);
        this.#voices.remove(mid);
      },
      state: (now) => this.#joined?.way.moved(now),
      frames: (said) => this.#count(said),
    });
    const way = new Way(connection, {
      phase: (phase) =>
        this.#show(phase === "connected" ? { phase, trouble: undefined } : { phase }),
      blocked: () => this.#show({ trouble: "blocked" }),
      restart: () => void callApi("restartVoice", { params: { session } }).catch(() => undefined),
      quality: (quality) => this.#show({ quality }),
    });
    this.#joined = { session, connection, group, way };
    for (const one of participants) this.#known.add(one.session);
    this.state.voice.takeChannel({ ...this.spot, participants });
    this.#show({ session, canShow: video_bitrate > 0 });
    this.#voices.setVolumes(this.#choices.volumes);
    this.#voices.deafen(this.#shown().deafened);
    void useOutput(this.#audio, this.#choices.output);
    this.#answer(offer);
    group.resume(state);
    this.#speech.begin(() => this.#choices);
    // What was pressed while the server let this device in.
    this.#tell();
    const letGo = () => this.push(false);
    const goodbye = () => this.#goodbye(session);
    addEventListener("keyup", letGo);
    addEventListener("blur", letGo);
    addEventListener("pagehide", goodbye);
    this.#endings.push(
      () => removeEventListener("keyup", letGo),
      () => removeEventListener("blur", letGo),
      () => removeEventListener("pagehide", goodbye),
      watchVoiceChoices((choices) => this.#choose(choices)),
    );
    this.#sound("joined");
    if (participants.length === 1 && this.given.how !== undefined) this.#alone(this.given.how);
  }

  /** Nobody else is there: they are rung, or the call that was answered is over. */
  #alone(how: "ring" | "answer"): void {
    if (how === "answer") {
      showToast(this.state, t("ring.over"));
      return this.leave();
    }
    const { room_id, channel_id } = this.spot;
    callApi("ringVoice", { params: { room_id, channel_id } })
      .then(({ people }) => {
        this.state.voice.takeRung({ room_id, channel_id, people });
        this.#dial();
      })
      .catch((error) => showToast(this.state, reasonOf(error), true));
  }

  /** Whoever calls hears it as long as somebody is rung and nobody has come. */
  #dial(): void {
    const { voice } = this.state;
    const isAlone = voice.peopleIn(this.spot).length < 2;
    const isRung = voice.rungIn(this.spot).some(({ state }) => state === "ringing");
    this.#dialTone.set(!this.#over && isAlone && isRung && this.#choices.ringSound);
  }

  /** Devices or filters were chosen anew, in another tab's settings. */
  #choose(choices: VoiceChoices): void {
    const before = this.#choices;
    this.#choices = choices;
    this.#dial();
    this.#show({ pushToTalk: this.#keyed() });
    this.#voices.setVolumes(choices.volumes);
    if (choices.output !== before.output) void useOutput(this.#audio, choices.output);
    if (differs(choices, before)) void this.#speech.openMicrophone(choices);
  }

  #maySpeak(): boolean {
    const { muted, deafened } = this.#shown();
    const own = this.#own();
    return !muted && !deafened && own?.server_muted !== true && own?.may_speak !== false;
  }

  /** Only with a key: as it was chosen, or as the channel demands. */
  #keyed(): boolean {
    const { guildId, room_id, channel_id } = this.spot;
    const channel = this.state.guilds.value.find(({ id }) => id === guildId)
      ?.channels.find((each) => each.id === channel_id && each.room_id === room_id);
    return this.#choices.pushToTalk ||
      channel !== undefined && !can(channel.permissions, "USE_VOICE_ACTIVITY");
  }

  #own(): VoiceParticipant | undefined {
    const own = this.#joined?.session;
    return this.state.voice.peopleIn(this.spot).find(({ session }) => session === own);
  }

  #sound(sound: CallSound): void {
    if (this.#choices.sounds && !this.#over) playCallSound(this.#audio, sound);
  }

  hear(frame: Dispatch): void {
    const own = this.#joined?.session;
    switch (frame.t) {
      case "voice.offer":
        if (frame.d.session === own) this.#answer(frame.d.offer);
        return;
      case "voice.group":
        if (frame.d.session === own) this.#joined?.group.hear(frame.d);
        return;
      case "voice.ended":
        if (frame.d.session === own) this.#ended(frame.d);
        else if (own === undefined) this.#endedBefore.set(frame.d.session, frame.d);
        return;
      case "voice.state":
        return this.#others(frame.d, frame.d.participant.session, true);
      case "voice.left":
        return this.#others(frame.d, frame.d.session, false);
      case "voice.channel":
        this.#dial();
        return this.#place();
      case "voice.ringing":
        return this.#dial();
      case "voice.speaking":
        return this.#yield();
    }
  }

  /** Who speaks with priority is louder than all others, as long as it lasts. */
  #yield(): void {
    const { voice } = this.state;
    const first = voice.peopleIn(this.spot).filter((one) =>
      one.priority && voice.speaks(this.spot, one.session)
    );
    this.#voices.yieldTo(new Set(first.map(({ user }) => user.id)));
  }

  #others(
    at: { readonly room_id: string; readonly channel_id: string },
    session: string,
    present: boolean,
  ): void {
    if (at.room_id !== this.spot.room_id || at.channel_id !== this.spot.channel_id) return;
    this.#place();
    this.#dial();
    if (this.#joined === undefined || session === this.#joined.session) return;
    if (!present && this.#known.delete(session)) this.#sound("left");
    if (present && !this.#known.has(session)) {
      this.#known.add(session);
      this.#sound("joined");
    }
  }

  #ended({ reason, move_to }: Ended): void {
    this.#close();
    if (reason !== "left") showToast(this.state, t(`call.ended.${reason}`));
    if (!move_to) return;
    const { room_id, channel_id } = move_to;
    for (const { id: guildId, channels } of this.state.guilds.value) {
      const channel = channels.find((each) => each.id === channel_id && each.room_id === room_id);
      if (channel) return joinCall(this.state, { ...move_to, guildId, name: channel.name });
    }
  }

  #answer(offer: VoiceOffer): void {
    this.#turn.run(async () => {
      const joined = this.#joined;
      if (this.#over || !joined) return;
      const { session, connection } = joined;
      this.#mids = offer.mids;
      this.#place();
      const sdp = await connection.answer(
        offer,
        () => this.#speech.track,
        (name) => this.#picture.own(name),
      );
      if (this.#over) return;
      await callApi("answerVoice", { params: { session }, body: { seq: offer.seq, sdp } });
    }).catch((error) => {
      // The way is sought anew meanwhile: the offer for that comes behind this one.
      const isLate = error instanceof ApiError && error.code === "conflict";
      if (!isLate) this.#fail(error);
    });
  }

  /** Says whose voice is in which place of the connection. */
  #place(): void {
    const people = new Map(
      this.state.voice.peopleIn(this.spot).map((one) => [one.session, one]),
    );
    const places: Record<string, string> = {};
    const users = new Map<string, string>();
    for (const { mid, participant, track } of this.#mids) {
      const one = people.get(participant);
      if (!one) continue;
      places[mid] = deviceName(one.user.id, one.device);
      if (track === "voice") users.set(mid, one.user.id);
      if (track === "screen_sound") users.set(mid, soundKey(one.user.id));
    }
    this.#picture.place(this.#mids, people, this.#joined?.session);
    this.#joined?.connection.tell({ kind: "places", places });
    this.#voices.assign(users);
    this.#yield();
  }

  online(): void {
    const joined = this.#joined;
    if (!joined || this.#over) return;
    const { session, group } = joined;
    this.#turn.run(async () => {
      const now = await callApi("getVoiceSession", {
        params: { session },
        // A device that has no group yet has no epoch before it either.
        query: { after_epoch: Math.max(-1, group.epoch - 1) },
      });
      this.state.voice.takeChannel({ ...this.spot, participants: now.participants });
      group.resume(now.group);
      this.#answer(now.offer);
    }).catch((error) => {
      // The server forgot the stay: it was started anew, or this device was away for too long.
      if (error instanceof ApiError && error.code === "not_found") this.#rejoin();
      else if (!(error instanceof ApiError && error.code === "offline")) this.#fail(error);
    });
  }

  #learn({ groupId, epoch, baseKey, ownLeaf, devices, code }: CallView): void {
    const members = devices.map(({ leaf, user, device }) => ({
      leaf,
      who: deviceName(user, device),
    }));
    this.#joined?.connection.tell({
      kind: "learn",
      groupId,
      epoch: { epoch, baseKey, ownLeaf, members },
    });
    this.#show({ code, devices });
  }

  #count(said: Exclude<FromFrames, { kind: "seals" }>): void {
    if (said.kind !== "heard") return void this.#joined?.way.count(said);
    const user = said.who.split(" ", 1)[0] ?? "";
    const track = this.#mids.find(({ mid }) => mid === said.mid)?.track;
    if (track === "voice") this.#voices.prove(said.mid, user);
    if (track === "screen_sound") this.#voices.prove(said.mid, soundKey(user));
    if (track !== "voice") this.#picture.prove(said.mid);
  }

  mute(): void {
    const { muted, deafened } = this.#shown();
    // Who unmutes wants to be heard, and hears again.
    if (deafened) return this.#update({ muted: false, deafened: false }, "undeafened");
    this.#update({ muted: !muted }, muted ? "unmuted" : "muted");
  }

  deafen(): void {
    const { deafened } = this.#shown();
    this.#update({ deafened: !deafened }, deafened ? "undeafened" : "deafened");
  }

  #update(
    change: { readonly muted?: boolean; readonly deafened?: boolean },
    sound: CallSound,
  ): void {
    this.#show(change);
    this.#speech.look(this.#choices.thresholdDb);
    this.#voices.deafen(this.#shown().deafened);
    this.#sound(sound);
    this.#tell();
  }

  /** Tells the server whether this one is muted or deafened, where it does not know. */
  #tell(): void {
    this.#words.run(async () => {
      const session = this.#joined?.session;
      if (session === undefined || this.#over) return;
      const { muted, deafened } = this.#shown();
      if (muted === this.#told.muted && deafened === this.#told.deafened) return;
      await callApi("updateVoice", { params: { session }, body: { muted, deafened } });
      this.#told = { muted, deafened };
    })
      // Nothing leaves this browser all the same; others see it with the next change.
      .catch(() => undefined);
  }

  prioritize(): void {
    this.#ask({ priority: this.#own()?.priority !== true })
      .catch((error) => showToast(this.state, reasonOf(error), true));
  }

  show(source: VoiceSource): void {
    void this.#picture.toggle(source);
  }

  watch(watch: VoiceWatch): void {
    this.#picture.watch(watch);
  }

  stage(staged: boolean): void {
    this.#show({ staged });
  }

  async #ask(body: NonNullable<CallInput<"updateVoice">["body"]>): Promise<void> {
    const session = this.#joined?.session;
    if (session === undefined) return;
    await this.#words.run(() => callApi("updateVoice", { params: { session }, body }));
  }

  push(held: boolean): void {
    this.#speech.push(held);
    if (!this.#over) this.#speech.look(this.#choices.thresholdDb);
  }

  setVolume(userId: string, percent: number): void {
    this.#choices = withVolume(this.#choices, userId, percent);
    keepVoiceChoices(this.#choices);
    this.#voices.setVolumes(this.#choices.volumes);
  }

  volumeOf(userId: string): number {
    return this.#choices.volumes[userId] ?? 100;
  }

  retry(): void {
    const { trouble, server, isSoundless } = this.#shown();
    if (trouble === "address" && server !== undefined) tellServer(server);
    // In a call that stands only the microphone can be missing; an output is looked for anew.
    const stands = this.#joined && !this.#over && trouble === undefined && !isSoundless;
    if (stands) void this.#speech.openMicrophone(this.#choices);
    else this.#rejoin();
  }

  #rejoin(): void {
    const { muted, deafened } = this.#shown();
    // Who was in it has rung the others already.
    const how = this.#joined ? undefined : this.given.how;
    this.leave();
    void new Call(this.state, this.spot, { muted, deafened, how }).begin();
  }

  leave(): void {
    const session = this.#over ? undefined : this.#joined?.session;
    this.#close();
    if (session !== undefined) this.#goodbye(session);
  }

  /** Also as the page goes: the request outlives it. */
  #goodbye(session: string): void {
    const { method, path } = describeCall("leaveVoice", { params: { session } });
    void fetch(path, { method, credentials: "same-origin", keepalive: true })
      .catch(() => undefined);
  }

  #fail(error: unknown): void {
    const trouble = error instanceof ApiError ? troubleOf(error) : undefined;
    // Of a call that another server holds it is that one that matters.
    const server = error instanceof ApiError ? error.details.server : undefined;
    if (typeof server === "string") this.#show({ server });
    this.#stop(trouble ?? "failed");
  }

  /** The call cannot be, or cannot go on; the panel says why. */
  #stop(trouble: CallTrouble): void {
    if (this.#over) return;
    const shown = this.#shown();
    this.leave();
    this.state.voice.acts = this;
    this.state.voice.call.value = { ...shown, phase: "stopped", trouble, talking: false };
  }

  #close(): void {
    const { voice } = this.state;
    if (!this.#over) {
      this.#sound("left");
      this.#over = true;
      this.#dialTone.set(false);
      for (const end of this.#endings) end();
      this.#picture.end();
      this.#speech.end();
      this.#joined?.way.end();
      this.#joined?.group.end();
      this.#joined?.connection.close();
      this.#voices.close();
      setTimeout(() => void this.#audio.close().catch(() => undefined), LAST_SOUND_MS);
    }
    if (voice.acts !== this) return;
    voice.acts = undefined;
    voice.call.value = undefined;
  }

  #shown(): CallShown {
    const shown = this.state.voice.call.value;
    if (!shown) throw new Error("This tab is in no call.");
    return shown;
  }

  #show(change: Partial<CallShown>): void {
    const { voice } = this.state;
    if (this.#over || voice.acts !== this || !voice.call.value) return;
    voice.call.value = { ...voice.call.value, ...change };
  }
}
