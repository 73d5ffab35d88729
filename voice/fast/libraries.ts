/**
 * The functions of the system's libraries that the fast path calls: glibc and OpenSSL 3 on Linux
 * with 64 bits, whose structures `datagrams.ts` lays out.
 */

const LIBC = "libc.so.6";
const LIBCRYPTO = "libcrypto.so.3";

const libcSymbols = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  recvmmsg: { parameters: ["i32", "buffer", "u32", "i32", "pointer"], result: "i32" },
  sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  /** The one call that waits, on a thread of Deno's pool. */
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  inet_pton: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  inet_ntop: { parameters: ["i32", "buffer", "buffer", "u32"], result: "pointer" },
  __errno_location: { parameters: [], result: "pointer" },
  strerror: { parameters: ["i32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

const libcryptoSymbols = {
  EVP_aes_128_gcm: { parameters: [], result: "pointer" },
  EVP_CIPHER_CTX_new: { parameters: [], result: "pointer" },
  EVP_EncryptInit_ex: {
    parameters: ["pointer", "pointer", "pointer", "buffer", "buffer"],
    result: "i32",
  },
  EVP_EncryptUpdate: {
    parameters: ["pointer", "buffer", "buffer", "buffer", "i32"],
    result: "i32",
  },
  EVP_EncryptFinal_ex: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
  EVP_DecryptInit_ex: {
    parameters: ["pointer", "pointer", "pointer", "buffer", "buffer"],
    result: "i32",
  },
  EVP_DecryptUpdate: {
    parameters: ["pointer", "buffer", "buffer", "buffer", "i32"],
    result: "i32",
  },
  EVP_DecryptFinal_ex: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
  EVP_CIPHER_CTX_ctrl: { parameters: ["pointer", "i32", "i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

export type Libc = Deno.StaticForeignLibraryInterface<typeof libcSymbols>;
export type Libcrypto = Deno.StaticForeignLibraryInterface<typeof libcryptoSymbols>;

export interface Libraries {
  readonly libc: Libc;
  readonly libcrypto: Libcrypto;
}

let loaded: Libraries | undefined;

/**
 * Loads both, once: they stay for as long as the process lives. Throws a sentence where the machine
 * is another one, a library is missing, or the permission is.
 */
export function loadLibraries(): Libraries {
  return loaded ??= load();
}

function load(): Libraries {
  const { os, arch } = Deno.build;
  if (os !== "linux") throw new Error(`it is made for Linux, and this is ${os} on ${arch}`);
  // Without a look before, Deno would ask whoever sits at the terminal.
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    throw new Error("Deno runs without --allow-ffi");
  }
  return {
    libc: Deno.dlopen(LIBC, libcSymbols).symbols,
    libcrypto: Deno.dlopen(LIBCRYPTO, libcryptoSymbols).symbols,
  };
}

/** The number of the last failed call's error. Only a call that waits for nothing can be asked. */
export function errno({ __errno_location }: Libc): number {
  const at = __errno_location();
  return at === null ? 0 : new Deno.UnsafePointerView(at).getInt32();
}

/** What the system says of the last failed call. */
export function lastError(libc: Libc): Error {
  const text = libc.strerror(errno(libc));
  return new Error(
    text === null ? "the system gives no reason" : Deno.UnsafePointerView.getCString(text),
  );
}
