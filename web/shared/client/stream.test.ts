import { describe, expect, it } from "vitest";
import { Stream } from "./stream";
import type { LogEvent } from "./types";

/** A visitor's log: seqs that jump over what the visitor may not see, chained by `prev`. */
function log(...seqs: number[]): LogEvent[] {
  return seqs.map((seq, index) => ({
    id: `event-${seq}`,
    turn_id: `turn-${seq}`,
    conversation_id: "c",
    seq,
    prev: seqs[index - 1] ?? 0,
    at: "2026-01-01T00:00:00Z",
    type: "message.created",
    actor: { kind: "bot" },
    data: {},
  }));
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  const out: T[] = [];
  while (left.length) out.push(...left.splice(Math.floor(random() * left.length), 1));
  return out;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

describe("Stream", () => {
  it("gives each event once and in order, whatever order and however often they come", () => {
    const events = log(1, 2, 5, 6, 9, 12, 13, 20);
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = seeded(seed);
      const stream = new Stream();
      const arriving = shuffled([...events, ...events, ...events], random);
      const shown = arriving.flatMap((event) => stream.take(event, `cursor-${event.seq}`));
      expect(shown.map((event) => event.seq)).toEqual([1, 2, 5, 6, 9, 12, 13, 20]);
      expect(stream.hasGap).toBe(false);
    }
  });

  it("holds what is early and says so", () => {
    const [first, second, third] = log(1, 3, 4) as [LogEvent, LogEvent, LogEvent];
    const stream = new Stream();
    expect(stream.take(first)).toEqual([first]);
    expect(stream.take(third)).toEqual([]);
    expect(stream.hasGap).toBe(true);
    expect(stream.take(second)).toEqual([second, third]);
    expect(stream.hasGap).toBe(false);
  });

  it("never moves its cursor over what has not come", () => {
    const [first, second, third] = log(1, 2, 3) as [LogEvent, LogEvent, LogEvent];
    const stream = new Stream();
    stream.take(first, "a");
    stream.take(third, "c");
    expect(stream.cursor).toBe("a");
    stream.moveTo("c");
    expect(stream.cursor).toBe("a");
    stream.take(second, "b");
    expect(stream.cursor).toBe("c");
  });

  it("takes the cursor of an event that an answer had shown before", () => {
    const [first] = log(1) as [LogEvent];
    const stream = new Stream();
    stream.take(first);
    expect(stream.cursor).toBe("0");
    expect(stream.take(first, "a")).toEqual([]);
    expect(stream.cursor).toBe("a");
  });

  it("starts over after a reset", () => {
    const events = log(1, 2, 3);
    const stream = new Stream();
    for (const event of events) stream.take(event, `cursor-${event.seq}`);
    stream.reset();
    expect(stream.cursor).toBe("0");
    expect(events.flatMap((event) => stream.take(event))).toEqual(events);
  });
});
