import { Component, type ComponentChildren, options, type VNode } from "preact";

/** A turn takes over parts for so long, and the one begun is ended: a phone is four times slower. */
const TURN_MS = 4;

/** What somebody does with a page: whatever is pressed must answer. */
const USES = ["pointerdown", "touchstart", "keydown", "focusin", "click"] as const;

/** Thrown by a part whose turn comes later: Preact then leaves alone what the server drew. */
class NotYet {
  readonly part: Later;

  constructor(part: Later) {
    this.part = part;
  }

  /** By having this, what only waits differs from what failed. */
  then(): void {}
}

const waiting: Later[] = [];
let takingOver = false;
/** What is called once nothing waits. */
const then: (() => void)[] = [];

/**
 * One element which the page shows well enough without scripts, such as a row of many or a column.
 * While the page is taken over, its turn comes after all else; what the server has not drawn never
 * waits.
 * Nothing that it shows may change before: see `whenDrawn`. `now`: it must work at once.
 */
export class Later extends Component<{ now?: boolean; children: ComponentChildren }> {
  waits = takingOver && this.props.now !== true;

  override render(): ComponentChildren {
    if (this.waits) throw new NotYet(this);
    return this.props.children;
  }
}

// Names of Preact's insides, on which its own Suspense builds as well: `_catchError`, `_children`.
type Inside = VNode & { __k?: unknown };
const hooks = options as { __e?: (error: unknown, vnode: Inside, ...more: unknown[]) => void };
const fail = hooks.__e;
hooks.__e = (error, vnode, ...more) => {
  if (!(error instanceof NotYet)) return fail?.(error, vnode, ...more);
  // Another list than before, or what follows would be put in front of it.
  vnode.__k = [];
  if (!waiting.includes(error.part)) waiting.push(error.part);
};

/** Runs `hydrate`, in which parts may wait for their turn. */
export function takeOver(hydrate: () => void): void {
  takingOver = true;
  try {
    hydrate();
  } finally {
    takingOver = false;
  }
}

/** Whether what is drawn now is being taken over from what the server has drawn. */
export function takesOver(): boolean {
  return takingOver;
}

/** Calls back once all is drawn, at once where nothing waits: only then may the app change. */
export function whenDrawn(callback: () => void): void {
  if (waiting.length > 0) then.push(callback);
  else callback();
}

/** Has the last parts drawn: Preact does so in the microtask that comes next. */
function drawNext(count: number): void {
  for (const part of waiting.splice(-count)) {
    part.waits = false;
    part.forceUpdate();
  }
}

/**
 * Draws what waits, the last first, some in each turn of the page, so that a press in between is
 * answered; a press or key has all of it drawn before it is heard.
 */
export function drawWaiting(): void {
  const all = () => drawNext(waiting.length);
  for (const use of USES) addEventListener(use, all, { capture: true, passive: true });
  const turn = async () => {
    const end = performance.now() + TURN_MS;
    while (waiting.length > 0) {
      drawNext(1);
      await undefined;
      if (performance.now() < end) continue;
      setTimeout(turn);
      return;
    }
    for (const use of USES) removeEventListener(use, all, { capture: true });
    for (const callback of then.splice(0)) callback();
  };
  setTimeout(turn);
}
