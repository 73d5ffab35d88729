import { useEffect, useState } from "preact/hooks";
import { showFile } from "../../lib/e2ee/opened_files.ts";
import type { StoredFile } from "../../lib/store/locked_media.ts";

export interface OpenedFile {
  readonly url?: string;
  /** Why it cannot be opened, for a person. */
  readonly fault?: string;
}

/** An encrypted file as long as it is shown; empty while it is being opened or is not wanted. */
export function useOpenedFile(file: StoredFile | undefined, type: string): OpenedFile {
  const [opened, setOpened] = useState<OpenedFile>({});
  useEffect(() => {
    if (!file) return;
    let gone = false;
    const shown = showFile(file, type);
    shown.url.then(
      (url) => gone || setOpened({ url }),
      (error: Error) => gone || setOpened({ fault: error.message }),
    );
    return () => {
      gone = true;
      setOpened({});
      shown.leave();
    };
  }, [file?.uri]);
  return opened;
}
