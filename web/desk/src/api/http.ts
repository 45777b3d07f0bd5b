/** Requests to the gateway with the session's cookie; refusals become one kind of error with a stable code. */

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: { field: string; code: string }[];
  readonly body: Record<string, unknown>;
  readonly retryAfter: number;

  constructor(status: number, code: string, body: Record<string, unknown> = {}, retryAfter = 0) {
    super(code);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.body = body;
    this.retryAfter = retryAfter;
    this.fields = Array.isArray(body["errors"]) ? (body["errors"] as { field: string; code: string }[]) : [];
  }

  /** Nothing reached the gateway, or it was not able to answer: trying again is right. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export type Query = Record<string, string | number | undefined>;
let spoken = "";
let onSignedOut: () => void = () => undefined;

/** Called whenever the gateway no longer knows who asks. */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

/** The language in which the gateway's own words are wanted. */
export function speak(locale: string): void {
  spoken = locale;
}

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const given = Object.entries(query).filter((entry): entry is [string, string | number] => entry[1] !== undefined && entry[1] !== "");
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return request<T>("GET", search ? `${path}?${search}` : path, undefined, signal);
}

export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return request<T>("POST", path, body);
}

export function put<T>(path: string, body: unknown): Promise<T> {
  return request<T>("PUT", path, body);
}

export function remove(path: string): Promise<undefined> {
  return request<undefined>("DELETE", path);
}

/** Every item of a list that is known to be short: pages are followed to the end. */
export async function getAll<Item>(path: string, query: Query = {}): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await get<{ items: Item[]; next?: string | null }>(path, { ...query, limit: 200, cursor });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}

async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers = { accept: "application/json", ...(spoken ? { "accept-language": spoken } : {}), ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const init: RequestInit = { method, credentials: "same-origin", headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (signal) init.signal = signal;
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "offline");
  }
  if (answer.status === 204) return undefined as T;
  const value: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return value as T;
  throw refusalOf(answer.status, value, Number(answer.headers.get("retry-after") ?? 0));
}

/** The error of a refused request; a lost session is told to whoever minds it. */
export function refusalOf(status: number, value: unknown, retryAfter = 0): ApiError {
  const problem = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const code = typeof problem["code"] === "string" ? problem["code"] : `http_${status}`;
  if (status === 401 && code === "unauthenticated") onSignedOut();
  return new ApiError(status, code, problem, retryAfter);
}
