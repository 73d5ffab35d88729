import { type Layers, type NamedLayer, namedLayers } from "./layers.ts";
import { type OfferedStream, Parts } from "./parts.ts";
import { type Answer, readAnswer } from "./read_answer.ts";
import type { ShownTrack, TrackName } from "./tracks.ts";
import { type OfferFacts, writeOffer } from "./write_offer.ts";

export interface OfferedSend {
  readonly mid: string;
  readonly track: ShownTrack;
  /** In which layers, the smallest first, as the description names them; none: once. */
  readonly layers: readonly NamedLayer[];
}

/** A session description for the browser, which answers each before it gets the next. */
export interface Offer {
  readonly seq: number;
  readonly sdp: string;
  /** What of whom arrives in which part of the description. */
  readonly mids: readonly {
    readonly mid: string;
    readonly participant: string;
    readonly track: TrackName;
  }[];
  /** By which parts the browser sends what it shows. That of the microphone is not among them. */
  readonly sends: readonly OfferedSend[];
}

/** What an offer is made of, as it is at that moment. */
export interface Situation extends Omit<OfferFacts, "seq" | "parts"> {
  readonly streams: readonly OfferedStream[];
  /** What the browser may send beside its microphone, now or before. */
  readonly sent: Iterable<ShownTrack>;
}

export type Answered =
  | { readonly kind: "taken"; readonly answer: Answer; readonly streams: readonly number[] }
  | { readonly kind: "repeated" }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Offers to one browser, one after another: while one waits for its answer all that changes is
 * gathered into the next.
 */
export class Negotiation {
  readonly #situation: () => Situation;
  readonly #parts = new Parts();
  #offer: Offer;
  readonly #layers: Layers;
  #waits = true;
  #changed = false;

  constructor(situation: () => Situation) {
    this.#situation = situation;
    this.#layers = situation().layers;
    this.#offer = this.#make(1);
  }

  get offer(): Offer {
    return this.#offer;
  }

  /** Something that offers tell has changed. `next` gives the offer, now or after an answer. */
  change(): void {
    this.#changed = true;
  }

  /** The next offer, if there is something to say and none waits for its answer. */
  next(): Offer | undefined {
    if (!this.#changed || this.#waits) return undefined;
    this.#waits = true;
    this.#offer = this.#make(this.#offer.seq + 1);
    return this.#offer;
  }

  /** The offer that waits is taken back: it may have been lost, and the next one says more. */
  supersede(): void {
    this.#waits = false;
    this.#changed = true;
  }

  answer(seq: number, sdp: string): Answered {
    if (seq !== this.#offer.seq) {
      return { kind: "refused", reason: `offer ${this.#offer.seq} is to be answered, not ${seq}` };
    }
    if (!this.#waits) return { kind: "repeated" };
    const parts = this.#parts.list();
    const answer = readAnswer(sdp, parts, this.#layers);
    if (typeof answer === "string") return { kind: "refused", reason: answer };
    this.#waits = false;
    if (this.#parts.settle()) this.#changed = true;
    const streams = parts.flatMap(({ mid, holds }) =>
      holds !== undefined && answer.received.has(mid) ? [holds.stream] : []
    );
    return { kind: "taken", answer, streams };
  }

  #make(seq: number): Offer {
    const { streams, sent, ...facts } = this.#situation();
    this.#changed = false;
    this.#parts.assign(streams, sent);
    const parts = this.#parts.list();
    return {
      seq,
      sdp: writeOffer({ ...facts, seq, parts }),
      mids: parts.flatMap(({ mid, track, holds }) =>
        holds === undefined ? [] : [{ mid, participant: holds.participant, track }]
      ),
      sends: parts.flatMap(({ mid, track, isSent }) =>
        isSent && track !== "voice"
          ? [{ mid, track, layers: namedLayers(facts.layers[track]) }]
          : []
      ),
    };
  }
}
