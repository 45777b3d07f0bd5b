/** Unsent words, one draft a conversation: they survive another conversation, a reload, a crash of the browser. */
import { defineStore } from "pinia";
import { reactive } from "vue";
import type { Upload } from "../api/types";
import { keep, keptNames, readKept } from "./kept";
import { useSession } from "./session";

export type Mode = "reply" | "note";

export interface Draft {
  text: string;
  note: string;
  mode: Mode;
  files: Upload[];
  at: number;
}

const KEPT_DAYS = 14;

export const useDrafts = defineStore("drafts", () => {
  const session = useSession();
  const drafts = reactive(new Map<string, Draft>());

  function of(conversationId: string): Draft {
    const known = drafts.get(conversationId);
    if (known) return known;
    drafts.set(conversationId, read(readKept(name(conversationId))));
    return drafts.get(conversationId) as Draft;
  }

  /** Changes a draft and keeps it at once. */
  function change(conversationId: string, change: Partial<Draft>): void {
    const draft = Object.assign(of(conversationId), change, { at: Date.now() });
    keep(name(conversationId), holds(draft) || draft.mode === "note" ? draft : undefined);
  }

  function has(conversationId: string): boolean {
    return holds(of(conversationId));
  }

  /** Forgets what nobody came back to. */
  function prune(now = Date.now()): void {
    for (const kept of keptNames("draft.")) {
      const at = (readKept(kept) as Draft | undefined)?.at ?? 0;
      if (now - at > KEPT_DAYS * 86_400_000) keep(kept, undefined);
    }
  }

  function name(conversationId: string): string {
    return `draft.${session.agentId}.${conversationId}`;
  }

  return { of, change, has, prune };
});

function holds(draft: Draft): boolean {
  return draft.text.trim() !== "" || draft.note.trim() !== "" || draft.files.length > 0;
}

function read(value: unknown): Draft {
  const found = (typeof value === "object" && value !== null ? value : {}) as Partial<Draft>;
  return {
    text: typeof found.text === "string" ? found.text : "",
    note: typeof found.note === "string" ? found.note : "",
    mode: found.mode === "note" ? "note" : "reply",
    files: Array.isArray(found.files) ? found.files : [],
    at: typeof found.at === "number" ? found.at : 0,
  };
}
