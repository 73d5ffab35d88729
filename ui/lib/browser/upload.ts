import { refusalTexts } from "../i18n/later.ts";
import { t } from "../i18n/t.ts";
import type { Media } from "../../../core/api/media.ts";
import { ApiError, describeCall, readAnswer } from "../api/request.ts";

export interface Upload {
  /** Also after `cancel`, where all bytes were sent by then: the file is there and has an address. */
  readonly done: Promise<Media>;
  cancel(): void;
}

/**
 * Sends one file and tells how far it is (0..1). fetch cannot say that yet; XHR can. `sealed`: it is
 * encrypted, and servers are to leave it as it is.
 */
export function uploadFile(
  file: File,
  onProgress: (part: number) => void,
  options: { readonly sealed?: boolean; readonly purpose?: "attachment" | "icon" } = {},
): Upload {
  const request = new XMLHttpRequest();
  const { method, path } = describeCall("uploadMedia", {
    query: {
      filename: file.name.slice(0, 255) || "file",
      purpose: options.purpose ?? "attachment",
      sealed: options.sealed ? "1" : undefined,
    },
  });
  let sent = false;
  const done = new Promise<Media>((resolve, reject) => {
    request.open(method, path);
    request.setRequestHeader("content-type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.upload.onload = () => sent = true;
    request.onload = () => {
      const response = new Response(request.responseText, { status: request.status });
      readAnswer(response).then(
        (value) => resolve(value as Media),
        (error) => refusalTexts().then(() => reject(error)),
      );
    };
    request.onerror = () => reject(new ApiError(0, "offline", t("refused.cut")));
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    request.send(file);
  });
  return { done, cancel: () => void (sent || request.abort()) };
}
