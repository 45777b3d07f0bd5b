/** The conversations that are or were open: their logs, whole and in order, and what agents do with them. */
import { defineStore } from "pinia";
import { markRaw, reactive, ref, shallowReactive } from "vue";
import { ApiError, get, post } from "../api/http";
import type { ContextBundle, Conversation, LogEvent, Written } from "../api/types";
import { useColleagues } from "./colleagues";
import { useGlances } from "./glances";
import { useInbox } from "./inbox";
import { useLive } from "../live/live";

export interface Log {
  events: readonly LogEvent[];
  live: boolean;
  /** Set where the gateway knows no such conversation, or the agent may not see it any more. */
  missing: boolean;
}

export type ContextState = { bundle: ContextBundle | undefined; failed: boolean };
const KEPT_LOGS = 12;
const CONTEXT_MILLISECONDS = 500;

export const useConversations = defineStore("conversations", () => {
  const inbox = useInbox();
  const live = useLive();
  const glances = useGlances();
  const colleagues = useColleagues();
  const logs = reactive(new Map<string, Log>());
  const contexts = shallowReactive(new Map<string, ContextState>());
  const soon = new Set<string>();
  const asked = new Map<string, number>();
  const follows = new Map<string, () => void>();
  const busy = ref<string>();

  /** Opens a conversation: its log is followed from where it was left, the conversation read anew. */
  async function open(id: string): Promise<void> {
    inbox.open(id);
    follow(id);
    if (!inbox.one(id)) await read(id);
    void loadContext(id);
    glances.want(id);
  }

  async function read(id: string): Promise<void> {
    try {
      inbox.put(await get<Conversation>(`/v1/conversations/${id}`));
    } catch (error) {
      const log = logs.get(id);
      if (log && error instanceof ApiError && error.status === 404) log.missing = true;
    }
  }

  function follow(id: string): void {
    const log = logOf(id);
    log.missing = false;
    if (follows.has(id)) {
      // The one that was open last goes last.
      const stop = follows.get(id) as () => void;
      follows.delete(id);
      follows.set(id, stop);
      return;
    }
    follows.set(id, live.follow(id, {
      events: (events) => heard(id, events),
      reset: () => Object.assign(logOf(id), { events: [], live: false }),
      live: () => {
        logOf(id).live = true;
      },
      lost: () => {
        logOf(id).missing = true;
        follows.delete(id);
      },
    }));
    if (follows.size > KEPT_LOGS) {
      const [oldest, stop] = follows.entries().next().value as [string, () => void];
      stop();
      follows.delete(oldest);
      logs.delete(oldest);
    }
  }

  function logOf(id: string): Log {
    const known = logs.get(id);
    if (known) return known;
    logs.set(id, { events: [], live: false, missing: false });
    return logs.get(id) as Log;
  }

  function heard(id: string, events: readonly LogEvent[]): void {
    const log = logOf(id);
    log.events = markRaw([...log.events, ...events]);
    for (const event of events) if (event.type === "message.created") colleagues.spoke(id, event.actor);
    if (log.live && events.some((event) => event.actor.kind === "contact" || CHANGES_CONTEXT.has(event.type))) contextSoon(id);
  }

  function landed(written: Written): void {
    inbox.put(written.conversation);
    live.bring(written.conversation.id, written.events);
  }

  /** Several messages in a row are one change of the context. */
  function contextSoon(id: string): void {
    if (soon.has(id)) return;
    soon.add(id);
    setTimeout(() => {
      soon.delete(id);
      void loadContext(id);
    }, CONTEXT_MILLISECONDS);
  }

  /** An answer that was overtaken by a later question is passed over, unless there is none yet. */
  async function loadContext(id: string): Promise<void> {
    if (!contexts.has(id)) contexts.set(id, { bundle: undefined, failed: false });
    const mine = (asked.get(id) ?? 0) + 1;
    asked.set(id, mine);
    const bundle = await get<ContextBundle>(`/v1/conversations/${id}/context`).catch(() => undefined);
    if (asked.get(id) !== mine && contexts.get(id)?.bundle) return;
    contexts.set(id, { bundle: bundle ?? contexts.get(id)?.bundle, failed: bundle === undefined });
  }

  /** An act on a conversation; its answer is shown at once. Throws what the gateway refused, after showing how it is now. */
  async function act(id: string, what: string, body: Record<string, unknown> = {}): Promise<Written> {
    busy.value = what;
    try {
      const written = await post<Written>(`/v1/conversations/${id}/${what}`, body);
      landed(written);
      return written;
    } catch (error) {
      const now = error instanceof ApiError ? error.body["conversation"] : undefined;
      if (now) inbox.put(now as Conversation);
      throw error;
    } finally {
      busy.value = undefined;
    }
  }

  /** The next right conversation of a queue, claimed; undefined where none waits. */
  async function takeNext(queueId: string): Promise<string | undefined> {
    const written = await post<Written | undefined>(`/v1/queues/${queueId}/next`);
    if (!written) return undefined;
    landed(written);
    return written.conversation.id;
  }

  function markRead(id: string, seq: number): void {
    live.read(id, seq);
    glances.markRead(id);
  }

  return { logs, contexts, busy, open, follow, read, landed, loadContext, act, takeNext, markRead };
});

const CHANGES_CONTEXT = new Set(["conversation.handed_over", "conversation.reopened", "answer.rated", "contact.identified", "target.started"]);
