/** Short messages at the edge of the screen: what was done, what failed, with a way back where there is one. */
import { defineStore } from "pinia";
import { shallowRef } from "vue";

export interface Notice {
  id: number;
  tone: "plain" | "good" | "bad";
  text: string;
  action?: { label: string; run: () => void };
  seconds: number;
}

let counter = 0;

export const useNotices = defineStore("notices", () => {
  const shown = shallowRef<Notice[]>([]);

  function show(text: string, more: Partial<Omit<Notice, "id" | "text">> = {}): number {
    const notice: Notice = { id: ++counter, tone: "plain", text, seconds: more.tone === "bad" ? 10 : 5, ...more };
    shown.value = [...shown.value.filter((one) => one.text !== text).slice(-3), notice];
    return notice.id;
  }

  function drop(id: number): void {
    shown.value = shown.value.filter((notice) => notice.id !== id);
  }

  return { shown, show, drop };
});
