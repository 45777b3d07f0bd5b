/** Whom a conversation can be given to, and who else looks at or writes in the one that is open. */
import { defineStore } from "pinia";
import { reactive, ref } from "vue";
import { get } from "../api/http";
import type { Actor, Assignees } from "../api/types";

export const VIEWING_SECONDS = 25;
const TYPING_SECONDS = 6;

export interface Nearby {
  id: string;
  name: string;
  doing: "viewing" | "typing";
}

export const useColleagues = defineStore("colleagues", () => {
  const assignees = ref<Assignees>({ agents: [], queues: [] });
  const seen = reactive(new Map<string, { actor: Actor; viewing: number; typing: number }>());
  let asked = 0;

  async function load(now = Date.now()): Promise<void> {
    if (now - asked < 15_000) return;
    asked = now;
    assignees.value = await get<Assignees>("/v1/assignees");
  }

  /** A whisper of the socket: somebody looks or types. Times run out by themselves. */
  function hear(conversationId: string, actor: Actor, what: "viewing" | "typing", now = Date.now()): void {
    const key = `${conversationId} ${actor.kind} ${actor.id ?? ""}`;
    const known = seen.get(key) ?? { actor, viewing: 0, typing: 0 };
    const until = now + (what === "typing" ? TYPING_SECONDS : VIEWING_SECONDS * 1.6) * 1000;
    seen.set(key, { ...known, actor, [what]: until });
    setTimeout(() => expire(key), until - now + 50);
  }

  function expire(key: string): void {
    const known = seen.get(key);
    if (known && Math.max(known.viewing, known.typing) <= Date.now()) seen.delete(key);
    else if (known) seen.set(key, { ...known });
  }

  /** A message ends its author's typing. */
  function spoke(conversationId: string, actor: Actor): void {
    const key = `${conversationId} ${actor.kind} ${actor.id ?? ""}`;
    const known = seen.get(key);
    if (known) seen.set(key, { ...known, typing: 0 });
  }

  function agentsIn(conversationId: string, now = Date.now()): Nearby[] {
    return in_(conversationId, "agent")
      .filter((one) => one.typing > now || one.viewing > now)
      .map((one) => ({ id: one.actor.id ?? "", name: one.actor.name ?? "", doing: one.typing > now ? "typing" : "viewing" }));
  }

  function contactTypes(conversationId: string, now = Date.now()): boolean {
    return in_(conversationId, "contact").some((one) => one.typing > now);
  }

  function in_(conversationId: string, kind: string): { actor: Actor; viewing: number; typing: number }[] {
    return [...seen].filter(([key, one]) => key.startsWith(conversationId) && one.actor.kind === kind).map(([, one]) => one);
  }

  return { assignees, load, hear, spoke, agentsIn, contactTypes };
});
