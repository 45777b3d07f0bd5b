/** The reference client outside a browser: a program for the tests that talks to a real gateway over whatever link they give. */
import { memoryIn } from "./memory";
import type { SocketLike } from "./live";
import type { Transport } from "./rest";
import { dataOf, type LogEvent } from "./types";
import { Visitor } from "./visitor";

export interface DriveOptions {
  base: string;
  siteKey: string;
  messages: number;
  every: number;
  WebSocket: (new (url: string) => SocketLike) | null;
}

const transport: Transport = async ({ url, method, headers, body, signal, timeout }) => {
  const limit = AbortSignal.timeout(timeout);
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body }), signal: signal ? AbortSignal.any([signal, limit]) : limit });
  return { status: answer.status, text: await answer.text(), header: (name) => answer.headers.get(name) };
};

/** Says `messages` lines, one every `every` milliseconds; ends when all are in the log and the link has settled. Throws where the log has a gap or a repeat. */
export async function drive(options: DriveOptions): Promise<{ texts: string[]; seqs: number[]; states: string[] }> {
  const log: LogEvent[] = [];
  const states: string[] = [];
  const kept = new Map<string, string>();
  const area = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
  const visitor = new Visitor({
    base: options.base,
    siteKey: options.siteKey,
    transport,
    openSocket: (url) => {
      if (options.WebSocket === null) throw new Error("no sockets here");
      return new options.WebSocket(url);
    },
    memory: memoryIn(() => area, "drive:"),
    locale: () => "en",
    page: () => null,
    onEvents: (events) => {
      for (const event of events) {
        const before = log.at(-1)?.seq ?? 0;
        if (event.prev !== before) throw new Error(`event ${event.seq} follows ${event.prev}, not ${before}`);
        log.push(event);
      }
    },
    onReset: () => log.splice(0),
    onFrame: () => undefined,
    onChange: () => {
      if (states.at(-1) !== visitor.state) states.push(visitor.state);
    },
  });
  while (visitor.session === null) await visitor.open().catch(() => null);
  for (let number = 0; number < options.messages; number += 1) {
    visitor.say({ text: `line ${number}`, ...(number === 0 && { human: true }) });
    await new Promise((resolve) => setTimeout(resolve, options.every));
  }
  const mine = (): string[] => log.flatMap((event) => (event.actor.kind === "contact" ? [dataOf(event, "message.created")?.text ?? ""] : [])).filter(Boolean);
  const settled = options.WebSocket ? "live" : "polling";
  while (mine().length < options.messages || visitor.outbox.items.length > 0 || !states.includes(settled)) {
    visitor.outbox.retry();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  visitor.link.stop();
  return { texts: mine(), seqs: log.map((event) => event.seq), states };
}
