import type { LogEvent } from "./types";

interface Held {
  event: LogEvent;
  cursor: string | undefined;
}

/**
 * One conversation's log as one reader gets it, from any number of sources (socket, long-poll, answers of writes):
 * every event comes out once and in the order of `prev`. An event that is early is held until those before it arrive.
 */
export class Stream {
  cursor = "0";
  lastSeq = 0;
  readonly #held = new Map<number, Held>();

  /** Whether something is missing before what is held. */
  get hasGap(): boolean {
    return this.#held.size > 0;
  }

  /** The events that may be shown now, in order. `cursor` is what came with the event, if it came over the stream itself. */
  take(event: LogEvent, cursor?: string): LogEvent[] {
    if (event.seq <= this.lastSeq) {
      // The stream itself has reached what an answer had shown already: resuming from here repeats less.
      if (cursor !== undefined && event.seq === this.lastSeq) this.cursor = cursor;
      return [];
    }
    if (event.prev > this.lastSeq) {
      const known = this.#held.get(event.prev);
      this.#held.set(event.prev, { event, cursor: cursor ?? known?.cursor });
      return [];
    }
    return this.#deliver({ event, cursor });
  }

  /** A cursor for a page without events: there is nothing before it that is not here. */
  moveTo(cursor: string): void {
    if (!this.hasGap) this.cursor = cursor;
  }

  /** The server starts over: everything is sent again. */
  reset(): void {
    this.cursor = "0";
    this.lastSeq = 0;
    this.#held.clear();
  }

  #deliver(first: Held): LogEvent[] {
    const ready: LogEvent[] = [];
    for (let next: Held | undefined = first; next; next = this.#held.get(this.lastSeq)) {
      this.#held.delete(next.event.prev);
      ready.push(next.event);
      this.lastSeq = next.event.seq;
      if (next.cursor !== undefined) this.cursor = next.cursor;
    }
    return ready;
  }
}
