import { Backoff } from "./backoff";
import type { Memory } from "./memory";
import { ApiError, type Sleep, sleep } from "./rest";

/** Something said that the server has not acknowledged yet. Its id is kept over every retry, reload and restart. */
export interface Pending {
  client_message_id: string;
  text?: string;
  payload?: string;
  human?: boolean;
  attachments?: string[];
  /** Names of the files, to be shown until the message itself arrives. */
  files?: string[];
  state: "sending" | "failed";
  /** Why it failed for good; absent where a retry may succeed. */
  code?: string;
}

const TRIES = 6;

/**
 * Sends one after the other, so that what was said first arrives first. A try that got no answer is repeated under the
 * same id; after some tries it is `failed` and waits for `retry()`, by a person or when the connection is back.
 */
export class Outbox {
  readonly items: Pending[];
  #busy = false;
  readonly #memory: Memory;
  readonly #post: (pending: Pending) => Promise<void>;
  readonly #changed: () => void;
  readonly #pause: Sleep;
  readonly #backoff: () => Backoff;

  /** `post` resolves when the server has it. */
  constructor(
    memory: Memory,
    post: (pending: Pending) => Promise<void>,
    changed: () => void,
    pause: Sleep = sleep,
    backoff: () => Backoff = () => new Backoff(),
  ) {
    this.#memory = memory;
    this.#post = post;
    this.#changed = changed;
    this.#pause = pause;
    this.#backoff = backoff;
    this.items = memory.get<Pending[]>("outbox") ?? [];
    for (const item of this.items) if (item.code === undefined) item.state = "sending";
  }

  add(pending: Omit<Pending, "state">): void {
    this.items.push({ ...pending, state: "sending" });
    this.#keep();
    void this.flush();
  }

  /** Tries again what failed: one message, or all that may still succeed. */
  retry(id?: string): void {
    for (const item of this.items) {
      if (item.state === "failed" && (id === undefined ? item.code === undefined : item.client_message_id === id)) {
        item.state = "sending";
        delete item.code;
      }
    }
    this.#keep();
    void this.flush();
  }

  /** Gives a failed message up. */
  discard(id: string): void {
    this.#remove(id);
  }

  /** The message has been seen in the log: it arrived, even if its answer did not. */
  arrived(id: string): void {
    this.#remove(id);
  }

  /** Sends what waits, unless that is going on already. */
  async flush(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        if (!(await this.#deliver(next))) break;
      }
    } finally {
      this.#busy = false;
    }
  }

  #next(): Pending | undefined {
    return this.items.find((item) => item.state === "sending");
  }

  /** True where the next one may follow. */
  async #deliver(item: Pending): Promise<boolean> {
    const backoff = this.#backoff();
    for (let left = TRIES; ; left -= 1) {
      try {
        await this.#post(item);
        this.#remove(item.client_message_id);
        return true;
      } catch (error) {
        if (!this.items.includes(item)) return true;
        const refused = error instanceof ApiError ? error : new ApiError(0, "unknown");
        if (!refused.transient) return this.#fail(item, refused.code);
        if (left <= 1) return this.#fail(item);
        await this.#pause(backoff.next(refused.retryAfter * 1000));
        if (!this.items.includes(item)) return true;
      }
    }
  }

  #fail(item: Pending, code?: string): boolean {
    item.state = "failed";
    if (code !== undefined) item.code = code;
    this.#keep();
    return code !== undefined;
  }

  #remove(id: string): void {
    const at = this.items.findIndex((item) => item.client_message_id === id);
    if (at < 0) return;
    this.items.splice(at, 1);
    this.#keep();
  }

  #keep(): void {
    this.#memory.set("outbox", this.items.length ? this.items : null);
    this.#changed();
  }
}
