/** Whose encryption it is, as pages hand it to their islands. */
export interface Owner {
  readonly userId: string;
  readonly userName: string;
  readonly serverName: string;
}
