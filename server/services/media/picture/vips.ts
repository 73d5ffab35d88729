import type Vips from "wasm-vips";

export type VipsModule = Awaited<ReturnType<typeof Vips>>;

/** The decoders that uploads may reach; all others are switched off. */
const ALLOWED_LOADERS = ["Jpeg", "Png", "Webp", "Nsgif"];

/**
 * Loads libvips with only four decoders. Only ever called in the picture worker: its memory
 * comes back when its process ends, and not before.
 */
export async function loadVips(): Promise<VipsModule> {
  const { default: load } = await import("wasm-vips");
  const vips = await load({
    dynamicLibraries: [],
    preRun: (module: { ENV: Record<string, string> }) => {
      module.ENV["VIPS_WARNING"] = "off"; // a damaged picture warns a thousand times
    },
  });
  vips.concurrency(1);
  vips.Cache.max(0);
  vips.operationBlock("VipsForeignLoad", true);
  for (const name of ALLOWED_LOADERS) vips.operationBlock(`VipsForeignLoad${name}`, false);
  return vips;
}

/** Exceptions of libvips are WebAssembly objects, not `Error`s. */
export function faultText(error: unknown): string {
  if (error instanceof Error) return error.message.trim().slice(0, 300);
  return "the decoder refused it";
}
