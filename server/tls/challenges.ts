/** Answers that an ACME authority will look for under `/.well-known/acme-challenge/`. RFC 8555, 8.3. */
export class Challenges {
  readonly #answers = new Map<string, string>();

  set(token: string, answer: string): void {
    this.#answers.set(token, answer);
  }

  delete(token: string): void {
    this.#answers.delete(token);
  }

  /** The answer to a request's path, or undefined where it asks for none that is expected. */
  find(path: string): string | undefined {
    const token = /^\/\.well-known\/acme-challenge\/([A-Za-z0-9_-]{1,200})$/.exec(path)?.[1];
    return token === undefined ? undefined : this.#answers.get(token);
  }
}
