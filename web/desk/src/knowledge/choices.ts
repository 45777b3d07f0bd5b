/** What a writer chooses from (sites, owners, tags, languages), and the names of languages in the reader's own. */
import { computed, ref, type ComputedRef, type Ref } from "vue";
import { useI18n } from "vue-i18n";
import { get } from "../api/http";
import type { Choices } from "../api/knowledge";
import { LOCALES } from "../i18n";
import { languageName } from "../pure/languages";

interface WritersChoices {
  choices: Ref<Choices>;
  /** Every language of a site, an article or the desk, in order. */
  locales: ComputedRef<string[]>;
  load: () => Promise<void>;
  languageName: (tag: string) => string;
}

export function useChoices(): WritersChoices {
  const { locale } = useI18n();
  const choices = ref<Choices>({ sites: [], owners: [], tags: [], locales: [] });
  const locales = computed(() => [...new Set([...choices.value.sites.flatMap((site) => site.locales), ...choices.value.locales, ...LOCALES])].sort());

  async function load(): Promise<void> {
    choices.value = await get<Choices>("/v1/kb/choices");
  }

  return { choices, locales, load, languageName: (tag) => languageName(tag, locale.value) };
}
