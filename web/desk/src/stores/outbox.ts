/** Replies on their way: held back five seconds, then sent under one id until the gateway has them. Nothing typed is lost. */
import { defineStore } from "pinia";
import { reactive } from "vue";
import { ApiError, post } from "../api/http";
import type { Upload, Written } from "../api/types";
import { newId } from "@funnel/shared/client/ids";
import { keep, readKept } from "./kept";
import { useDrafts } from "./drafts";
import { useSession } from "./session";

export const UNDO_SECONDS = 5;
const STALE = 2 * 60_000;
const RETRY = [1_000, 3_000, 8_000, 15_000, 30_000];

export interface Outgoing {
  id: string;
  conversationId: string;
  note: boolean;
  text: string;
  files: Upload[];
  at: number;
  state: "held" | "sending" | "waiting" | "failed";
  code: string | undefined;
}

export type Landed = (written: Written) => void;
export type Refused = (outgoing: Outgoing, error: ApiError) => void;

export const useOutbox = defineStore("outbox", () => {
  const session = useSession();
  const drafts = useDrafts();
  const entries = reactive(new Map<string, Outgoing>());
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  let landed: Landed = () => undefined;
  let refused: Refused = () => undefined;

  function listen(onLanded: Landed, onRefused: Refused): void {
    landed = onLanded;
    refused = onRefused;
  }

  function of(conversationId: string): Outgoing[] {
    return [...entries.values()].filter((one) => one.conversationId === conversationId);
  }

  /** Takes a reply or note; it leaves after `seconds` unless it is taken back. */
  function send(conversationId: string, text: string, files: Upload[], note: boolean, seconds = note ? 0 : UNDO_SECONDS): string {
    const outgoing: Outgoing = { id: newId(), conversationId, note, text, files, at: Date.now(), state: "held", code: undefined };
    entries.set(outgoing.id, outgoing);
    save();
    later(outgoing.id, seconds * 1000);
    return outgoing.id;
  }

  /** Back into the draft, as long as it has not left. */
  function undo(id: string): boolean {
    const outgoing = entries.get(id);
    if (outgoing?.state !== "held" && outgoing?.state !== "failed") return false;
    stop(id);
    giveBack(outgoing);
    return true;
  }

  function sendNow(id: string): void {
    if (entries.has(id)) void attempt(id, 0);
  }

  /** What is held of a conversation leaves now: an act that ends or hands on the conversation may not overtake the words before it. */
  async function settle(conversationId: string): Promise<void> {
    await Promise.all(of(conversationId).filter((one) => one.state === "held").map((one) => attempt(one.id, 0)));
  }

  /** What was on its way when the page went: recent ones go on under their id, old ones become drafts again. */
  function restore(): void {
    const kept = readKept(name());
    for (const one of Array.isArray(kept) ? (kept as Outgoing[]) : []) {
      if (entries.has(one.id)) continue;
      if (Date.now() - one.at > STALE) giveBack(one);
      else {
        entries.set(one.id, { ...one, state: "held" });
        later(one.id, 0);
      }
    }
    save();
  }

  /** The page is going: what is held leaves now, by a request that outlives the page. */
  function flush(): void {
    for (const outgoing of entries.values()) {
      if (outgoing.state !== "held") continue;
      void fetch(path(outgoing), {
        method: "POST",
        credentials: "same-origin",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body(outgoing)),
        keepalive: true,
      }).catch(() => undefined);
    }
  }

  function later(id: string, milliseconds: number, tries = 0): void {
    stop(id);
    timers.set(id, setTimeout(() => void attempt(id, tries), milliseconds));
  }

  async function attempt(id: string, tries: number): Promise<void> {
    stop(id);
    const outgoing = entries.get(id);
    if (!outgoing || outgoing.state === "sending") return;
    outgoing.state = "sending";
    try {
      const written = await post<Written>(path(outgoing), body(outgoing));
      entries.delete(id);
      save();
      landed(written);
    } catch (error) {
      fail(outgoing, error instanceof ApiError ? error : new ApiError(0, "offline"), tries);
    }
  }

  function fail(outgoing: Outgoing, error: ApiError, tries: number): void {
    if (error.passing) {
      outgoing.state = "waiting";
      later(outgoing.id, error.retryAfter * 1000 || (RETRY[Math.min(tries, RETRY.length - 1)] ?? 0), tries + 1);
      return;
    }
    outgoing.state = "failed";
    outgoing.code = error.code;
    save();
    refused({ ...outgoing }, error);
  }

  function giveBack(outgoing: Outgoing): void {
    entries.delete(outgoing.id);
    save();
    const draft = drafts.of(outgoing.conversationId);
    const field = outgoing.note ? "note" : "text";
    drafts.change(outgoing.conversationId, {
      [field]: [outgoing.text, draft[field]].filter(Boolean).join("\n"),
      files: [...outgoing.files, ...draft.files],
      mode: outgoing.note ? "note" : "reply",
    });
  }

  function stop(id: string): void {
    const timer = timers.get(id);
    if (timer !== undefined) clearTimeout(timer);
    timers.delete(id);
  }

  function save(): void {
    keep(name(), entries.size ? [...entries.values()] : undefined);
  }

  function name(): string {
    return `outbox.${session.agentId}`;
  }

  return { of, send, undo, sendNow, settle, restore, flush, listen };
});

function path(outgoing: Outgoing): string {
  return `/v1/conversations/${outgoing.conversationId}/${outgoing.note ? "notes" : "messages"}`;
}

function body(outgoing: Outgoing): Record<string, unknown> {
  const plain = { client_message_id: outgoing.id, text: outgoing.text };
  return outgoing.note || outgoing.files.length === 0 ? plain : { ...plain, attachments: outgoing.files.map((file) => file.upload_id) };
}
