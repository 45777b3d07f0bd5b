/** The messages of a conversation for those who may read it; whoever may not is told so, and nothing more. */
import { ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { ApiError, get } from "../../api/http";
import type { LogEvent } from "../../api/types";
import { dayKey } from "../../pure/when";
import { timeline, type DecisionItem, type MessageItem } from "../../pure/timeline";

export type Peeked = MessageItem | DecisionItem;
export interface Peek {
  items: ShallowRef<Peeked[]>;
  events: ShallowRef<LogEvent[]>;
  state: Ref<"loading" | "ready" | "failed" | "closed">;
  load: () => Promise<void>;
}
const MOST_PAGES = 10;

export function usePeek(id: () => string): Peek {
  const items = shallowRef<Peeked[]>([]);
  const events = shallowRef<LogEvent[]>([]);
  const state = ref<"loading" | "ready" | "failed" | "closed">("loading");

  async function load(): Promise<void> {
    const wanted = id();
    if (!wanted) return;
    state.value = "loading";
    try {
      const found: LogEvent[] = [];
      let after: string | undefined;
      for (let page = 0; page < MOST_PAGES; page++) {
        const answer = await get<{ items: LogEvent[]; cursor: string; more: boolean }>(`/v1/conversations/${wanted}/events`, { after, limit: 500 });
        found.push(...answer.items);
        if (!answer.more) break;
        after = answer.cursor;
      }
      if (wanted !== id()) return;
      events.value = found;
      items.value = timeline(found, dayKey).filter((item): item is Peeked => item.kind === "message" || item.kind === "decision");
      state.value = "ready";
    } catch (error) {
      if (wanted !== id()) return;
      state.value = error instanceof ApiError && (error.status === 403 || error.status === 404) ? "closed" : "failed";
    }
  }

  watch(id, load, { immediate: true });
  return { items, events, state, load };
}
