import type { TransportAnswer, TransportRequest } from "@funnel/shared/client/rest";

/**
 * Requests by XMLHttpRequest: it tells the progress of uploads, and a host page that has replaced `window.fetch` does
 * not come between. No cookies are ever sent along.
 */
export function transport(request: TransportRequest): Promise<TransportAnswer> {
  return new Promise((resolve, reject) => {
    const http = new XMLHttpRequest();
    const lost = (): void => reject(new Error("no answer"));
    http.open(request.method, request.url);
    http.timeout = request.timeout;
    for (const [name, value] of Object.entries(request.headers)) http.setRequestHeader(name, value);
    http.onload = () => {
      resolve({ status: http.status, text: http.responseText, header: (name) => http.getResponseHeader(name) });
    };
    http.onerror = lost;
    http.ontimeout = lost;
    http.onabort = lost;
    if (request.onProgress) {
      http.upload.onprogress = (event) => request.onProgress?.(event.lengthComputable ? event.loaded / event.total : 0);
    }
    request.signal?.addEventListener("abort", () => http.abort());
    http.send(request.body ?? null);
  });
}
