/** What a new article begins with when another page leads to it: handed over once. */
import { defineStore } from "pinia";
import { shallowRef } from "vue";
import type { ArticleForm } from "../pure/article";

export const useSeed = defineStore("article-seed", () => {
  const waiting = shallowRef<Partial<ArticleForm>>();

  function plant(form: Partial<ArticleForm>): void {
    waiting.value = form;
  }

  function take(): Partial<ArticleForm> | undefined {
    const found = waiting.value;
    waiting.value = undefined;
    return found;
  }

  return { plant, take };
});
