import { Backoff } from "./backoff";

export interface TransportRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | FormData;
  timeout: number;
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

export interface TransportAnswer {
  status: number;
  text: string;
  header(name: string): string | null;
}

/** Sends one request; rejects where no answer came. The browser's and a test's differ, nothing else does. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>;

/** The server refused. `code` is stable; 0 as `status` means that there was no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number;

  constructor(status: number, code: string, retryAfter = 0) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. */
  get transient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export interface CallOptions {
  method?: string;
  body?: unknown;
  form?: FormData;
  token?: string | null;
  tries?: number;
  timeout?: number;
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

export type Sleep = (milliseconds: number) => Promise<void>;

export const sleep: Sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Calls the gateway. Repeats what is transient, with full jitter and never sooner than the server said. */
export class Rest {
  readonly #base: string;
  readonly #transport: Transport;
  readonly #pause: Sleep;

  constructor(base: string, transport: Transport, pause: Sleep = sleep) {
    this.#base = base.replace(/\/$/, "");
    this.#transport = transport;
    this.#pause = pause;
  }

  /** The answer's JSON (undefined for an empty one). Throws ApiError. */
  async call<T>(path: string, options: CallOptions = {}): Promise<T> {
    const backoff = new Backoff();
    for (let left = options.tries ?? 1; ; left -= 1) {
      try {
        return await this.#once<T>(path, options);
      } catch (error) {
        if (!(error instanceof ApiError) || !error.transient || left <= 1 || options.signal?.aborted) throw error;
        await this.#pause(backoff.next(error.retryAfter * 1000));
      }
    }
  }

  async #once<T>(path: string, options: CallOptions): Promise<T> {
    const headers: Record<string, string> = {};
    if (options.token) headers["authorization"] = `Bearer ${options.token}`;
    if (options.body !== undefined) headers["content-type"] = "application/json";
    const body = options.form ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const request: TransportRequest = {
      method: options.method ?? (body === undefined ? "GET" : "POST"),
      url: this.#base + path,
      headers,
      timeout: options.timeout ?? 20_000,
      ...(body !== undefined && { body }),
      ...(options.onProgress && { onProgress: options.onProgress }),
      ...(options.signal && { signal: options.signal }),
    };
    const answer = await this.#transport(request).catch(() => {
      throw new ApiError(0, "network");
    });
    if (answer.status >= 200 && answer.status < 300) return parsed<T>(answer.text);
    const problem = parsedOr<{ code?: string }>(answer.text, {});
    throw new ApiError(answer.status, problem.code ?? "unknown", Number(answer.header("retry-after")) || 0);
  }
}

/** A proxy between us and the server may answer with anything: what is no JSON counts as no answer. */
function parsed<T>(text: string): T {
  if (text === "") return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError(0, "unreadable");
  }
}

function parsedOr<T>(text: string, otherwise: T): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
}
