/** A folder that is gone when its owner ends: `await using folder = await tempFolder()`. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
}

export async function tempFolder(prefix = "openguild-"): Promise<TempFolder> {
  const path = await Deno.makeTempDir({ prefix });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true });
    },
  };
}
