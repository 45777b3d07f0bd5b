/** Files on their way to the gateway, with progress; a request that can be given up. */
import { ApiError, refusalOf } from "./http";
import type { Upload } from "./types";

export const MOST_BYTES = 10 * 1024 * 1024;
export const MOST_FILES = 10;

export interface Sending {
  done: Promise<Upload>;
  abort: () => void;
}

/** Why a file cannot be sent at all, before anything of it is. */
export function unfit(file: File): "file_empty" | "too_large" | undefined {
  if (file.size === 0) return "file_empty";
  return file.size > MOST_BYTES ? "too_large" : undefined;
}

/** Sends one file; `progress` is told a share between 0 and 1. */
export function upload(file: File, progress: (share: number) => void): Sending {
  // Only XMLHttpRequest tells how much of a body has left.
  const request = new XMLHttpRequest();
  const done = new Promise<Upload>((resolve, reject) => {
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => {
      const value = parsed(request.responseText);
      if (request.status === 201) resolve(value as Upload);
      else reject(refusalOf(request.status, value));
    };
    request.onerror = () => reject(new ApiError(0, "offline"));
    request.onabort = () => reject(new ApiError(0, "aborted"));
  });
  const form = new FormData();
  form.append("file", file, file.name || "file");
  request.open("POST", "/v1/uploads");
  request.send(form);
  return { done, abort: () => request.abort() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
