import assert from "node:assert/strict";
import {
  afterDeed,
  afterWord,
  type Deed,
  NOTHING,
  type Relationship,
  type Word,
} from "./relationship.ts";

const DEEDS: readonly Deed[] = ["ask", "accept", "remove", "block", "unblock"];

/** Two sides that tell each other at once, in order. */
class Pair {
  readonly sides: [Relationship, Relationship] = [NOTHING, NOTHING];
  readonly admits: [boolean, boolean] = [true, true];
  /** Words on their way to a side. */
  readonly mail: [Word[], Word[]] = [[], []];

  act(who: 0 | 1, deed: Deed): boolean {
    const outcome = afterDeed(this.sides[who], deed);
    if (!outcome.ok) return false;
    this.sides[who] = outcome.after;
    if (outcome.say !== undefined) this.mail[who === 0 ? 1 : 0].push(outcome.say);
    return true;
  }

  deliver(who: 0 | 1): boolean {
    const word = this.mail[who].shift();
    if (word === undefined) return false;
    const step = afterWord(this.sides[who], word, { admits: this.admits[who] });
    this.sides[who] = step.after;
    if (step.say !== undefined) this.mail[who === 0 ? 1 : 0].push(step.say);
    return true;
  }

  settle(): void {
    let steps = 0;
    while (this.deliver(0) || this.deliver(1)) assert(++steps < 100, "words without end");
  }

  get bonds() {
    return this.sides.map(({ bond }) => bond);
  }
}

Deno.test("a request and its yes make friends on both sides; either ends it", () => {
  const pair = new Pair();
  pair.act(0, "ask");
  pair.settle();
  assert.deepEqual(pair.bonds, ["asked", "asks"]);
  pair.act(1, "accept");
  pair.settle();
  assert.deepEqual(pair.bonds, ["friend", "friend"]);
  pair.act(1, "remove");
  pair.settle();
  assert.deepEqual(pair.bonds, [null, null]);
});

Deno.test("who ask each other at once are friends", () => {
  const pair = new Pair();
  pair.act(0, "ask");
  pair.act(1, "ask");
  pair.settle();
  assert.deepEqual(pair.bonds, ["friend", "friend"]);
});

Deno.test("a request that was declined, blocked or not let in looks the same to who asked", () => {
  const seen = (prepare: (pair: Pair) => void, after: (pair: Pair) => void) => {
    const pair = new Pair();
    prepare(pair);
    pair.act(0, "ask");
    const told = [...pair.mail[1]];
    pair.settle();
    after(pair);
    pair.settle();
    return JSON.stringify([told, pair.sides[0], pair.mail]);
  };
  const nothing = () => {};
  const waiting = seen(nothing, nothing);
  assert.equal(seen(nothing, (pair) => pair.act(1, "remove")), waiting);
  assert.equal(seen(nothing, (pair) => pair.act(1, "block")), waiting);
  assert.equal(seen((pair) => pair.act(1, "block"), nothing), waiting);
  assert.equal(seen((pair) => pair.admits[1] = false, nothing), waiting);
});

Deno.test("a block ends a friendship like any end of it, and answers as no relationship does", () => {
  const pair = new Pair();
  pair.act(0, "ask");
  pair.act(1, "ask");
  pair.settle();
  pair.act(1, "block");
  assert.deepEqual(pair.mail, [["remove"], []]);
  pair.settle();
  for (const word of ["request", "accept", "remove"] as const) {
    const { after, say } = afterWord(pair.sides[1], word, { admits: true });
    assert.deepEqual(after, { bond: null, blocked: true });
    assert.equal(say, afterWord(NOTHING, word, { admits: false }).say, word);
  }
  assert.deepEqual(afterDeed(pair.sides[1], "ask"), { ok: false, why: "blocked" });
});

Deno.test("no word of the other makes a friend of who never asked nor said yes", () => {
  for (const bond of [null, "asks"] as const) {
    const step = afterWord({ bond, blocked: false }, "accept", { admits: true });
    assert.deepEqual(step, { after: { bond, blocked: false }, say: "remove" });
  }
});

Deno.test("after any deeds in any order both sides agree on whether they are friends, and words end", () => {
  // Every history of five deeds by either, told at once or only at its end.
  const choices = DEEDS.flatMap((deed) => ([0, 1] as const).map((who) => ({ who, deed })));
  for (let number = 0; number < choices.length ** 5; number += 7) {
    const prompt = new Pair();
    const late = new Pair();
    for (let rest = number, made = 0; made < 5; made++) {
      const choice = choices[rest % choices.length];
      assert(choice !== undefined);
      rest = Math.floor(rest / choices.length);
      prompt.act(choice.who, choice.deed);
      prompt.settle();
      late.act(choice.who, choice.deed);
    }
    late.settle();
    for (const { bonds: [a, b] } of [prompt, late]) {
      assert.equal(a === "friend", b === "friend", `history ${number}: ${a}, ${b}`);
    }
  }
});
