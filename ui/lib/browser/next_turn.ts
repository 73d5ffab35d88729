interface Yielding {
  readonly scheduler?: { readonly yield?: () => Promise<void> };
}

/**
 * Ends the turn of the page and goes on in one that comes soon: input and pictures that wait come
 * in between. Timers would, nested, wait for milliseconds in which nothing happens.
 */
export function nextTurn(): Promise<void> {
  const { scheduler } = globalThis as Yielding;
  if (scheduler?.yield) return scheduler.yield();
  return new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(undefined);
  });
}
