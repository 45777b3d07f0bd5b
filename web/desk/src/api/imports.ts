/** Uploads for the knowledge base: a file becomes a durable import, which is then asked after. */
import { ApiError, get, refusalOf } from "./http";
import type { Import } from "./knowledge";

const LOOK_MS = 600;

/** Sends a file; `progress` is told a share between 0 and 1 of its bytes. Ends as soon as the import is queued. */
export function sendImport(file: File, query: { site?: string; locale?: string }, progress: (share: number) => void): Promise<Import> {
  const search = new URLSearchParams({ wait: "0" });
  if (query.site) search.set("site", query.site);
  if (query.locale) search.set("locale", query.locale);
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => {
      const value = parsed(request.responseText);
      if (request.status === 200 || request.status === 202) resolve(value as Import);
      else reject(refusalOf(request.status, value));
    };
    request.onerror = () => reject(new ApiError(0, "offline"));
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", `/v1/kb/import?${search.toString()}`);
    request.send(form);
  });
}

/** Asks after an import until it is over; `heard` gets every state. A look that fails for a moment is repeated. */
export async function followImport(id: string, heard: (job: Import) => void, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    try {
      const job = await get<Import>(`/v1/kb/import/${id}`, {}, ended);
      heard(job);
      if (job.status === "done" || job.status === "failed") return;
    } catch (error) {
      if (!(error instanceof ApiError && error.passing)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
