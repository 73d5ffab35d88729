import { metrics as exported, trace } from "@opentelemetry/api";
import { ProcessTally } from "../services/figures/process_tally.ts";
import { type Labels, PrometheusFigures, type Tell } from "./prometheus.ts";

/** By which way an event came or went. */
export type Door =
  | "client"
  | "federation"
  | "repair"
  | "server"
  /** The doors of federation. */
  | "send"
  | "missing"
  | "backfill"
  | "state"
  | "join"
  | "invite";
/** What became of an event that came in. */
export type Outcome =
  | "accepted"
  | "soft_failed"
  | "rejected"
  | "waiting"
  | "dropped"
  | "refused"
  | "known";

/** Counts of what goes to other servers. */
export interface OutboundFigures {
  transaction(outcome: "sent" | "failed"): void;
  pdus(outcome: string, count: number): void;
  edus(outcome: "sent" | "dropped", count: number): void;
}

/**
 * Of one call. Its number is the lowest that was free when it began: sums go on with whichever call
 * has the number next, and there are no more series than calls at once. Calls beyond
 * `limits.voice.roomsCounted` are counted together.
 */
export interface RoomFigures {
  readonly room: number;
  readonly connected: number;
  readonly connecting: number;
  readonly packets: VoiceFigures["packets"];
  readonly bytes: VoiceFigures["bytes"];
}

/** Figures of calls, of now and since the start; they name nobody. */
export interface VoiceFigures {
  /** How many participants each call has, also while its media is not up. */
  readonly callSizes: readonly number[];
  readonly connected: number;
  /** The same of each call that has media, and what went through it; numbers name the calls. */
  readonly rooms: readonly RoomFigures[];
  /** What takes the packets in and sends them on; `none` before the first call. */
  readonly engine: string;
  /** By transport and what became of them. */
  readonly packets: readonly (readonly [transport: string, outcome: string, sum: number])[];
  readonly bytes: readonly (readonly [transport: string, direction: string, sum: number])[];
  readonly handshakesFailed: number;
  /** What the configuration allows; 0 is no bound. */
  readonly bounds: readonly (readonly [bound: string, most: number])[];
}

/** Takes a value into our own figure, and into the one that OpenTelemetry exports. */
type Note = (value: number, labels?: Labels) => void;

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const CALL_SIZES = [["1", 1, 1], ["2-4", 2, 4], ["5-8", 5, 8], ["9-25", 9, 25], [
  "26+",
  26,
  Infinity,
]] as const;
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/**
 * Every figure of this process, by name. Passed to the parts that count; they see only the
 * few methods they use. Read as Prometheus text, and exported by OpenTelemetry where the
 * environment asks for it (`OTEL_DENO=true`).
 */
export class Metrics {
  readonly #figures = new PrometheusFigures();
  /** Does nothing where the environment does not ask for it. */
  readonly #exported = exported.getMeter("openguild");
  readonly #eventsIn: Note;
  readonly #eventsOut: Note;
  readonly #resolution: Note;
  readonly #deliveries: Note;
  readonly #slowReaders: Note;
  readonly #batches: Note;
  readonly #commitSeconds: Note;
  /** The same, for the administrators' pages. */
  readonly tally = new ProcessTally();
  /** What is sent to other servers. */
  readonly outbound: OutboundFigures;
  readonly #encryptionFailures: Note;
  readonly #voiceStays: Note;
  readonly #mails: Note;
  readonly #searchFailures: Note;
  readonly #previews: Note;
  readonly #requests: Note;
  readonly #requestSeconds: Note;

  constructor() {
    this.#eventsIn = this.#counter("openguild_events_in", "Events that came in");
    this.#eventsOut = this.#counter("openguild_events_out", "Events sent to other servers");
    const transactions = this.#counter(
      "openguild_federation_transactions",
      "Transactions to other servers",
    );
    const pdus = this.#counter(
      "openguild_federation_pdus_sent",
      "Events sent to other servers, by what these made of them",
    );
    const edus = this.#counter("openguild_federation_edus", "Passing messages to other servers");
    this.outbound = {
      transaction: (outcome) => transactions(1, { outcome }),
      pdus: (outcome, count) => {
        pdus(count, { outcome });
        if (outcome !== "given_up") this.eventOut("federation", count);
      },
      edus: (outcome, count) => edus(count, { outcome }),
    };
    this.#resolution = this.#histogram(
      "openguild_state_resolution_seconds",
      "Time one state resolution took",
      SECONDS,
    );
    this.#deliveries = this.#counter("openguild_deliveries", "Frames handed to live connections");
    this.#slowReaders = this.#counter("openguild_slow_readers_cut", "Connections cut as too slow");
    this.#batches = this.#histogram(
      "openguild_commit_batch_size",
      "Events in one transaction of the append log",
      BATCHES,
    );
    this.#commitSeconds = this.#histogram(
      "openguild_commit_seconds",
      "Time of one transaction of the append log, from its sending to its commit",
      SECONDS,
    );
    this.#encryptionFailures = this.#counter(
      "openguild_encryption_failures",
      "What devices could not read or change in encrypted rooms, by reason",
    );
    this.#voiceStays = this.#counter("openguild_voice_stays", "Stays in calls, begun and ended");
    this.#mails = this.#counter("openguild_mails", "Mails, by what became of them");
    this.#searchFailures = this.#counter(
      "openguild_search_failures",
      "Times that the index of the search could not be used",
    );
    this.#previews = this.#counter("openguild_link_previews", "Links, by what became of them");
    this.#requests = this.#counter("openguild_http_requests", "Answered requests");
    this.#requestSeconds = this.#histogram(
      "openguild_http_request_seconds",
      "Time from request to answer",
      SECONDS,
    );
  }

  eventIn(door: Door, outcome: Outcome, count = 1): void {
    this.#eventsIn(count, { door, outcome });
  }

  eventOut(door: Door, count = 1): void {
    this.#eventsOut(count, { door });
  }

  stateResolved(ms: number): void {
    this.#resolution(ms / 1000);
  }

  delivered(count: number): void {
    this.#deliveries(count);
  }

  slowReaderCut(): void {
    this.#slowReaders(1);
  }

  committed(batchSize: number): void {
    this.#batches(batchSize);
  }

  commitTook(ms: number): void {
    this.#commitSeconds(ms / 1000);
    this.tally.committed(ms);
  }

  /** Messages that people of this server sent. */
  sent(messages: number): void {
    this.tally.sent(messages);
  }

  /** What a device says went wrong with encryption. */
  encryptionFailed(reason: string, count: number): void {
    this.#encryptionFailures(count, { reason });
  }

  voiceJoined(): void {
    this.#voiceStays(1, { event: "joined" });
  }

  voiceEnded(reason: string): void {
    this.#voiceStays(1, { event: reason });
  }

  mailed(outcome: string, count: number): void {
    this.#mails(count, { outcome });
  }

  previewed(outcome: string): void {
    this.#previews(1, { outcome });
  }

  searchFailed(): void {
    this.#searchFailures(1);
  }

  answered(request: { route: string; method: string; status: number; ms: number }): void {
    const { route, method } = request;
    this.tally.answered(request.status);
    this.#requests(1, { route, method, code: request.status });
    this.#requestSeconds(request.ms / 1000, { route, method });
    // The runtime opens the span before the route is known.
    trace.getActiveSpan()?.updateName(`${method} ${route}`).setAttribute("http.route", route);
  }

  /** Sockets and event streams open now. */
  observeSockets(read: () => number): void {
    this.#gauge("openguild_sockets", "Open live connections", (tell) => tell(read()));
  }

  /** Work that waits, by queue. */
  observeQueue(queue: string, read: () => number): void {
    this.#gauge("openguild_queue_depth", "Work that waits", (tell) => tell(read(), { queue }));
  }

  /** Other servers, by how they fare as ones to send to. */
  observeDestinations(read: () => Iterable<readonly [state: string, count: number]>): void {
    this.#gauge(
      "openguild_federation_destinations",
      "Servers that this process sends to, by how they fare",
      (tell) => {
        for (const [state, count] of read()) tell(count, { state });
      },
    );
  }

  /** For how long the server that is furthest behind has been so, ms. */
  observeFederationLag(read: () => number): void {
    this.#gauge(
      "openguild_federation_lag_seconds",
      "For how long the server that waits longest has waited for something",
      (tell) => tell(read() / 1000),
    );
  }

  /** Files and bytes taken in, sent out and deleted since the start, by what is counted. */
  observeMedia(read: () => Iterable<readonly [count: string, sum: number]>): void {
    this.#sums("openguild_media", "Files and bytes of media, by what is counted", (tell) => {
      for (const [count, sum] of read()) tell(sum, { count });
    });
  }

  /** Calls and what the media server passes on. */
  observeVoice(read: () => VoiceFigures): void {
    this.#gauge("openguild_voice_calls", "Calls, by how many are in them", (tell) => {
      const sizes = read().callSizes;
      for (const [size, from, to] of CALL_SIZES) {
        tell(sizes.filter((each) => each >= from && each <= to).length, { size });
      }
    });
    this.#gauge("openguild_voice_participants", "Participants of calls", (tell) => {
      const { callSizes, connected } = read();
      const all = callSizes.reduce((sum, each) => sum + each, 0);
      tell(connected, { state: "connected" });
      tell(Math.max(0, all - connected), { state: "connecting" });
    });
    this.#sums("openguild_voice_packets", "Packets of calls", (tell) => {
      for (const [transport, outcome, sum] of read().packets) tell(sum, { transport, outcome });
    });
    this.#sums("openguild_voice_bytes", "Bytes of calls", (tell) => {
      for (const [transport, direction, sum] of read().bytes) tell(sum, { transport, direction });
    });
    this.#gauge(
      "openguild_voice_room_participants",
      "Participants of each call that has media",
      (tell) => {
        for (const { room, connected, connecting } of read().rooms) {
          tell(connected, { room: roomLabel(room), state: "connected" });
          tell(connecting, { room: roomLabel(room), state: "connecting" });
        }
      },
    );
    this.#sums("openguild_voice_room_packets", "Packets of calls, by call", (tell) => {
      for (const { room, packets } of read().rooms) {
        for (const [transport, outcome, sum] of packets) {
          tell(sum, { room: roomLabel(room), transport, outcome });
        }
      }
    });
    this.#sums("openguild_voice_room_bytes", "Bytes of calls, by call", (tell) => {
      for (const { room, bytes } of read().rooms) {
        for (const [transport, direction, sum] of bytes) {
          tell(sum, { room: roomLabel(room), transport, direction });
        }
      }
    });
    this.#sums(
      "openguild_voice_handshakes_failed",
      "Media connections that never stood",
      (tell) => tell(read().handshakesFailed),
    );
    this.#gauge(
      "openguild_voice_engine",
      "What calls run on: stock or fast, none before the first",
      (tell) => {
        tell(1, { engine: read().engine });
      },
    );
    this.#gauge("openguild_voice_bounds", "What calls may be, by bound; 0 is none", (tell) => {
      for (const [bound, most] of read().bounds) tell(most, { bound });
    });
  }

  /** TCP connections open now. */
  observeConnections(read: () => number): void {
    this.#gauge("openguild_connections", "Open TCP connections", (tell) => tell(read()));
  }

  /** Resident memory of this process, in bytes. */
  observeMemory(read: () => number): void {
    this.#gauge("process_resident_memory_bytes", "Resident memory", (tell) => tell(read()));
  }

  /** The Prometheus text exposition format, version 0.0.4. */
  text(): string {
    return this.#figures.text();
  }

  #counter(name: string, description: string): Note {
    const count = this.#figures.counter(name, description);
    const exported = this.#exported.createCounter(name, { description });
    return (value, labels = {}) => {
      count(value, labels);
      exported.add(value, labels);
    };
  }

  #histogram(name: string, description: string, buckets: number[]): Note {
    const sort = this.#figures.histogram(name, description, buckets);
    const exported = this.#exported.createHistogram(name, {
      description,
      advice: { explicitBucketBoundaries: buckets },
    });
    return (value, labels = {}) => {
      sort(value, labels);
      exported.record(value, labels);
    };
  }

  #sums(name: string, description: string, observe: (tell: Tell) => void): void {
    this.#figures.observe("counter", { name, help: description }, observe);
    this.#exported.createObservableCounter(name, { description }).addCallback((result) =>
      observe((value, labels) => result.observe(value, labels))
    );
  }

  #gauge(name: string, description: string, observe: (tell: Tell) => void): void {
    this.#figures.observe("gauge", { name, help: description }, observe);
    this.#exported.createObservableGauge(name, { description }).addCallback((result) =>
      observe((value, labels) => result.observe(value, labels))
    );
  }
}

/** 0 is every call beyond those that are counted apart. */
function roomLabel(room: number): string {
  return room === 0 ? "more" : String(room);
}
