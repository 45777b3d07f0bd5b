/** Saved replies: fetched once, kept by what is changed here, looked up by shortcut, title or words. */
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { getAll, post, put, remove } from "../api/http";
import type { SavedReply } from "../api/types";
import { filtered } from "../pure/search";

export type ReplyFields = Pick<SavedReply, "title" | "text" | "shortcut" | "locale" | "shared">;
const PATH = "/v1/saved-replies";

export const useReplies = defineStore("replies", () => {
  const all = ref<SavedReply[]>([]);
  const loaded = ref(false);
  const sorted = computed(() => [...all.value].sort((a, b) => a.title.localeCompare(b.title)));

  async function load(again = false): Promise<void> {
    if (loaded.value && !again) return;
    all.value = await getAll<SavedReply>(PATH);
    loaded.value = true;
  }

  /** What fits the words typed after the slash; replies in the contact's language first. */
  function find(query: string, locale: string): SavedReply[] {
    const fits = (reply: SavedReply): number => (reply.locale === locale ? 0 : reply.locale ? 2 : 1);
    const exact = query.trim().toLowerCase();
    const ordered = [...sorted.value].sort((a, b) => Number(b.shortcut === exact) - Number(a.shortcut === exact) || fits(a) - fits(b));
    return filtered(ordered, query, (reply) => `${reply.shortcut ?? ""} ${reply.title} ${reply.text.slice(0, 200)}`);
  }

  async function save(fields: ReplyFields, id?: string): Promise<SavedReply> {
    const saved = id === undefined ? await post<SavedReply>(PATH, fields) : await put<SavedReply>(`${PATH}/${id}`, fields);
    all.value = [...all.value.filter((one) => one.id !== saved.id), saved];
    return saved;
  }

  async function archive(id: string): Promise<void> {
    await remove(`${PATH}/${id}`);
    all.value = all.value.filter((one) => one.id !== id);
  }

  return { all, sorted, loaded, load, find, save, archive };
});
