import { Backoff } from "./backoff";
import { Stream } from "./stream";
import type { EventPage, LogEvent } from "./types";

export type LinkState = "connecting" | "live" | "polling" | "lost" | "stopped";

export interface ServerFrame {
  type: string;
  conversation_id?: string;
  event?: LogEvent;
  cursor?: string;
  [field: string]: unknown;
}

/** The part of a WebSocket that is used. */
export interface SocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

export interface LinkOptions {
  /** Opens a socket; may throw where sockets are forbidden. */
  open(): SocketLike;
  /** Undefined where a cookie says who asks. */
  token(): string | undefined;
  /** An agent's link also hears of every conversation of theirs. */
  inbox?: boolean;
  /** One long-poll of a conversation's log. */
  poll(conversationId: string, cursor: string, signal: AbortSignal): Promise<EventPage>;
  onEvents(conversationId: string, events: LogEvent[]): void;
  onReset(conversationId: string): void;
  /** All that was said so far has reached `onEvents`, over the socket or by long-poll. May be told again. */
  onWhole?(conversationId: string): void;
  onFrame?(frame: ServerFrame): void;
  onState?(state: LinkState): void;
  /** The server will not have this credential or page: 4401 or 4403. The link has stopped. */
  onRefused?(code: number): void;
  backoff?: Backoff;
  /** Milliseconds; shorter ones are for tests. */
  quiet?: number;
  opening?: number;
  retrySocket?: number;
}

const OPEN = 1;
const REFUSED = [4401, 4403];
const FAILURES_BEFORE_POLLING = 2;

/**
 * Follows conversations over the socket, or by long-poll where sockets do not get through, and comes back after any
 * break from the last cursor. Each event reaches `onEvents` once and in order.
 */
export class Link {
  readonly streams = new Map<string, Stream>();
  state: LinkState = "stopped";
  readonly #options: LinkOptions;
  readonly #backoff: Backoff;
  #socket: SocketLike | null = null;
  #ready = false;
  #asked = new Set<string>();
  #failures = 0;
  #polling: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff();
  }

  /** Connects, and stays connected until `stop()`. */
  start(): void {
    if (this.state !== "stopped") return;
    this.#become("connecting");
    this.#connect();
  }

  stop(): void {
    this.#become("stopped");
    this.#stopPolling();
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#drop();
  }

  /** Follows one more conversation, from its start or where its stream was left. */
  follow(conversationId: string): Stream {
    let stream = this.streams.get(conversationId);
    if (!stream) {
      stream = new Stream();
      this.streams.set(conversationId, stream);
      this.send({ type: "subscribe", conversation_id: conversationId, after: stream.cursor });
      if (this.#polling) this.#restartPolling();
    }
    return stream;
  }

  unfollow(conversationId: string): void {
    if (this.streams.delete(conversationId)) this.send({ type: "unsubscribe", conversation_id: conversationId });
  }

  /** Events that came another way (the answer of a write). */
  take(conversationId: string, events: LogEvent[]): void {
    const stream = this.follow(conversationId);
    const ready = events.flatMap((event) => stream.take(event));
    if (ready.length) this.#options.onEvents(conversationId, ready);
  }

  /** Sends a frame if the socket is open; false where it is not. */
  send(frame: Record<string, unknown>): boolean {
    if (!this.#ready || this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The network or the page is back: try now instead of later, and doubt a socket that only looks open. */
  kick(): void {
    if (this.state === "stopped") return;
    if (this.#ready) this.#probe();
    else if (!this.#socket) this.#connect();
    if (this.#polling) this.#restartPolling();
  }

  #become(state: LinkState): void {
    if (state === this.state) return;
    this.state = state;
    this.#options.onState?.(state);
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#drop();
    let socket: SocketLike;
    try {
      socket = this.#options.open();
    } catch {
      this.#closed(0);
      return;
    }
    this.#socket = socket;
    const mine = (handle: (event: never) => void) => (event: never) => {
      if (this.#socket === socket) handle(event);
    };
    socket.onopen = mine(() => {
      socket.send(JSON.stringify(this.#hello()));
    });
    socket.onmessage = mine((event: { data: unknown }) => {
      this.#receive(String(event.data));
    });
    socket.onclose = mine((event: { code?: number }) => {
      this.#closed(event.code ?? 0);
    });
    socket.onerror = null;
    this.#expect(this.#options.opening ?? 10_000);
  }

  #hello(): Record<string, unknown> {
    this.#asked = new Set(this.streams.keys());
    const subscribe = [...this.streams].map(([id, stream]) => ({ conversation_id: id, after: stream.cursor }));
    return { type: "hello", token: this.#options.token(), subscribe, ...(this.#options.inbox ? { inbox: true } : {}) };
  }

  /** Closes a socket that says nothing in time. */
  #expect(milliseconds: number): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#closed(0);
    }, milliseconds);
  }

  #listen(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#probe();
    }, this.#options.quiet ?? 25_000);
  }

  #probe(): void {
    this.send({ type: "ping" });
    this.#expect(this.#options.opening ?? 10_000);
  }

  #receive(text: string): void {
    const frame = JSON.parse(text) as ServerFrame;
    this.#listen();
    if (frame.type === "ready") {
      this.#ready = true;
      this.#failures = 0;
      this.#backoff.reset();
      this.#stopPolling();
      this.#become("live");
      // What was to be followed between hello and ready was in neither.
      for (const [id, stream] of this.streams) {
        if (!this.#asked.has(id)) this.send({ type: "subscribe", conversation_id: id, after: stream.cursor });
      }
    }
    const id = frame.conversation_id;
    const stream = id === undefined ? undefined : this.streams.get(id);
    if (id !== undefined && stream) this.#apply(id, stream, frame);
    this.#options.onFrame?.(frame);
  }

  #apply(id: string, stream: Stream, frame: ServerFrame): void {
    if (frame.type === "reset") {
      stream.reset();
      this.#options.onReset(id);
    } else if (frame.type === "event" && frame.event) {
      const ready = stream.take(frame.event, frame.cursor);
      if (ready.length) this.#options.onEvents(id, ready);
    } else if (frame.type === "live" && !stream.hasGap) {
      this.#options.onWhole?.(id);
    } else if (frame.type === "live") {
      // What an answer showed is not yet in the log this socket reads: ask once more from where we are.
      this.send({ type: "unsubscribe", conversation_id: id });
      this.send({ type: "subscribe", conversation_id: id, after: stream.cursor });
    }
  }

  #closed(code: number): void {
    this.#drop();
    clearTimeout(this.#watch);
    if (this.state === "stopped") return;
    if (REFUSED.includes(code)) {
      this.stop();
      this.#options.onRefused?.(code);
      return;
    }
    this.#failures += 1;
    if (!this.#polling) this.#become("lost");
    if (this.#failures >= FAILURES_BEFORE_POLLING && !this.#polling) this.#startPolling();
    const wait = this.#backoff.next() + (this.state === "polling" ? (this.#options.retrySocket ?? 30_000) : 0);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#connect();
    }, wait);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = false;
    try {
      socket?.close();
    } catch {
      // A socket that never opened may refuse to be closed; it is not ours any more.
    }
  }

  #startPolling(): void {
    this.#polling = new AbortController();
    // Without a conversation there is nothing to wait for: requests alone will do.
    if (this.streams.size === 0) this.#become("polling");
    for (const id of this.streams.keys()) void this.#pollFor(id, this.#polling.signal);
  }

  #stopPolling(): void {
    this.#polling?.abort();
    this.#polling = null;
  }

  #restartPolling(): void {
    this.#stopPolling();
    this.#startPolling();
  }

  async #pollFor(id: string, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    for (let stream = this.streams.get(id); stream && !signal.aborted; stream = this.streams.get(id)) {
      try {
        const page = await this.#options.poll(id, stream.cursor, signal);
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may have been aborted meanwhile
        if (signal.aborted) return;
        backoff.reset();
        this.#become("polling");
        this.#turnPage(id, stream, page);
      } catch {
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may have been aborted meanwhile
        if (signal.aborted) return;
        this.#become("lost");
        await pause(backoff.next(), signal);
      }
    }
  }

  #turnPage(id: string, stream: Stream, page: EventPage): void {
    if (page.reset) {
      stream.reset();
      this.#options.onReset(id);
    }
    const ready = page.items.flatMap((event) => stream.take(event));
    stream.moveTo(page.cursor);
    if (ready.length) this.#options.onEvents(id, ready);
    if (!page.more) this.#options.onWhole?.(id);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
