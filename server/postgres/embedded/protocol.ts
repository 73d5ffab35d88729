/** What the main thread asks of the database worker. */
export type WorkerRequest =
  | {
    readonly kind: "open";
    /** Folder of the database; made when it is missing. */
    readonly folder: string;
    /** A dumped, ready-made database (tar.gz) to begin from instead of initdb. */
    readonly seed?: Uint8Array;
  }
  /** A new client: bytes of the Postgres protocol both ways, `null` when a side has ended. */
  | { readonly kind: "connect"; readonly port: MessagePort }
  | { readonly kind: "close" };

export type WorkerReply =
  | { readonly kind: "opened" }
  | { readonly kind: "closed" }
  | { readonly kind: "failed"; readonly message: string };
