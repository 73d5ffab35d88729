/**
 * When a page is there and when it is put away, for what may run only meanwhile. WebKit keeps a
 * page that is left, as it is, for whoever goes back: what ends with the one stay begins with the
 * next, however late it is to end.
 */
export class Stays {
  #leaving = new AbortController();
  #back = Promise.withResolvers<void>();

  /** `page`: what hears `pagehide` and `pageshow`. */
  constructor(page: EventTarget) {
    page.addEventListener("pagehide", () => this.#leaving.abort());
    page.addEventListener("pageshow", () => {
      // Also said of a page that has just come.
      if (!this.#leaving.signal.aborted) return;
      this.#leaving = new AbortController();
      this.#back.resolve();
      this.#back = Promise.withResolvers();
    });
  }

  /** Resolves when the page is there, with what is aborted when it is left. */
  async here(): Promise<AbortSignal> {
    while (this.#leaving.signal.aborted) await this.#back.promise;
    return this.#leaving.signal;
  }
}
