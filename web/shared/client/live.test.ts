import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backoff } from "./backoff";
import { Link, type LinkOptions, type SocketLike } from "./live";
import type { EventPage, LogEvent } from "./types";

function event(seq: number, prev = seq - 1): LogEvent {
  return {
    id: `e${seq}`, turn_id: "t", conversation_id: "c", seq, prev, at: "2026-01-01T00:00:00Z",
    type: "message.created", actor: { kind: "agent" }, data: {},
  };
}

/** A socket whose other end is the test. */
class FakeSocket implements SocketLike {
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onerror: SocketLike["onerror"] = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
    this.say({ type: "ready" });
  }

  say(frame: Record<string, unknown>): void {
    this.onmessage?.({ data: JSON.stringify(frame) } as never);
  }

  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code } as never);
  }
}

interface Rig {
  link: Link;
  sockets: FakeSocket[];
  shown: number[];
  states: string[];
  refused: number[];
}

function rig(more: Partial<LinkOptions> = {}): Rig {
  const sockets: FakeSocket[] = [];
  const shown: number[] = [];
  const states: string[] = [];
  const refused: number[] = [];
  const link = new Link({
    open: () => {
      sockets.push(new FakeSocket());
      return sockets.at(-1) as FakeSocket;
    },
    token: () => "token",
    poll: () => new Promise<EventPage>(() => undefined),
    onEvents: (_, events) => shown.push(...events.map((one) => one.seq)),
    onReset: () => shown.splice(0),
    onState: (state) => states.push(state),
    onRefused: (code) => refused.push(code),
    backoff: new Backoff(100, 1000, () => 1),
    ...more,
  });
  return { link, sockets, shown, states, refused };
}

function last(sockets: FakeSocket[]): FakeSocket {
  const found = sockets.at(-1);
  if (!found) throw new Error("no socket was opened");
  return found;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Link", () => {
  it("says hello with its cursors and resumes from the last one after a break", () => {
    const { link, sockets, shown } = rig();
    link.follow("c");
    link.start();
    last(sockets).accept();
    expect(last(sockets).sent[0]).toMatchObject({ type: "hello", token: "token", subscribe: [{ conversation_id: "c", after: "0" }] });
    last(sockets).say({ type: "event", conversation_id: "c", event: event(1), cursor: "k1" });
    last(sockets).end(1006);
    vi.advanceTimersByTime(100);
    expect(sockets).toHaveLength(2);
    last(sockets).accept();
    expect(last(sockets).sent[0]).toMatchObject({ subscribe: [{ conversation_id: "c", after: "k1" }] });
    last(sockets).say({ type: "event", conversation_id: "c", event: event(2), cursor: "k2" });
    expect(shown).toEqual([1, 2]);
  });

  it("follows what was asked for between hello and ready", () => {
    const { link, sockets } = rig();
    link.start();
    const socket = last(sockets);
    socket.readyState = 1;
    socket.onopen?.({} as never);
    link.follow("c");
    expect(socket.sent).toHaveLength(1);
    socket.say({ type: "ready" });
    expect(socket.sent[1]).toEqual({ type: "subscribe", conversation_id: "c", after: "0" });
  });

  it("shows what an answer brought once, although the socket brings it too", () => {
    const { link, sockets, shown } = rig();
    link.follow("c");
    link.start();
    last(sockets).accept();
    link.take("c", [event(2)]);
    expect(shown).toEqual([]);
    last(sockets).say({ type: "event", conversation_id: "c", event: event(1), cursor: "k1" });
    last(sockets).say({ type: "event", conversation_id: "c", event: event(2), cursor: "k2" });
    expect(shown).toEqual([1, 2]);
  });

  it("falls back to long-poll where no socket gets through, and leaves it when one does", async () => {
    const pages: EventPage[] = [
      { items: [event(1)], cursor: "p1", more: false, reset: false },
      { items: [event(2)], cursor: "p2", more: false, reset: false },
    ];
    const asked: string[] = [];
    const whole: string[] = [];
    const { link, sockets, shown, states } = rig({
      onWhole: (id) => whole.push(id),
      poll: (_, cursor) => {
        asked.push(cursor);
        const page = pages.shift();
        return page ? Promise.resolve(page) : new Promise<EventPage>(() => undefined);
      },
      retrySocket: 5000,
    });
    link.follow("c");
    link.start();
    last(sockets).end(1006);
    await vi.advanceTimersByTimeAsync(100);
    last(sockets).end(1006);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual(["0", "p1", "p2"]);
    expect(whole).toEqual(["c", "c"]);
    expect(shown).toEqual([1, 2]);
    expect(states.at(-1)).toBe("polling");
    await vi.advanceTimersByTimeAsync(10_000);
    last(sockets).accept();
    expect(last(sockets).sent[0]).toMatchObject({ subscribe: [{ after: "p2" }] });
    expect(states.at(-1)).toBe("live");
  });

  it("says when all that was said so far is here, and not before", () => {
    const whole: string[] = [];
    const { link, sockets } = rig({ onWhole: (id) => whole.push(id) });
    link.follow("c");
    link.start();
    last(sockets).accept();
    link.take("c", [event(2)]);
    last(sockets).say({ type: "live", conversation_id: "c", cursor: "k0" });
    expect(whole).toEqual([]);
    last(sockets).say({ type: "event", conversation_id: "c", event: event(1), cursor: "k1" });
    last(sockets).say({ type: "live", conversation_id: "c", cursor: "k1" });
    expect(whole).toEqual(["c"]);
  });

  it("polls where sockets cannot even be made", async () => {
    const { link, states } = rig({
      open: () => {
        throw new Error("SecurityError");
      },
      poll: () => new Promise<EventPage>(() => undefined),
    });
    link.start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(states).toContain("polling");
  });

  it("starts over when the server says so", () => {
    const { link, sockets, shown } = rig();
    link.follow("c");
    link.start();
    last(sockets).accept();
    last(sockets).say({ type: "event", conversation_id: "c", event: event(1), cursor: "k1" });
    last(sockets).say({ type: "reset", conversation_id: "c", cursor: "0" });
    expect(shown).toEqual([]);
    last(sockets).say({ type: "event", conversation_id: "c", event: event(1), cursor: "n1" });
    expect(shown).toEqual([1]);
  });

  it("stops at a refused credential and says so", () => {
    const { link, sockets, refused } = rig();
    link.start();
    last(sockets).accept();
    last(sockets).end(4401);
    vi.advanceTimersByTime(60_000);
    expect(refused).toEqual([4401]);
    expect(sockets).toHaveLength(1);
  });

  it("gives a silent socket up", () => {
    const { link, sockets } = rig({ quiet: 1000, opening: 500 });
    link.start();
    last(sockets).accept();
    vi.advanceTimersByTime(1000);
    expect(last(sockets).sent.at(-1)).toEqual({ type: "ping" });
    last(sockets).say({ type: "pong" });
    vi.advanceTimersByTime(1000);
    vi.advanceTimersByTime(500);
    expect(sockets[0]?.readyState).toBe(3);
    vi.advanceTimersByTime(1000);
    expect(sockets).toHaveLength(2);
  });

  it("waits longer after each failure and little after a success", () => {
    const { link, sockets } = rig();
    link.start();
    last(sockets).end(1006);
    vi.advanceTimersByTime(99);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(2);
    last(sockets).accept();
    last(sockets).end(1012);
    vi.advanceTimersByTime(100);
    expect(sockets).toHaveLength(3);
  });
});
