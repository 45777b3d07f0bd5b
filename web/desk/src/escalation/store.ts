/** What every page of *Escalation* stands on: the live set, the vocabulary of rules, how publishing is guarded, the switches. */
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { get, post, put } from "../api/http";
import type { Activation, Fact, RuleSettings, Switch, SwitchIn, Version, Vocabulary, WholeVersion } from "../api/types";
import type { RuleDocument } from "./document";

export const useEscalation = defineStore("escalation", () => {
  const vocabulary = shallowRef<Vocabulary>();
  const live = shallowRef<WholeVersion>();
  const history = shallowRef<Activation[]>([]);
  const settings = shallowRef<RuleSettings>();
  const switches = shallowRef<Switch[]>([]);
  const state = ref<"loading" | "ready" | "failed">("loading");
  let spoken = "";

  const facts = computed(() => new Map<string, Fact>(vocabulary.value?.facts.map((fact) => [fact.name, fact])));
  const document = computed(() => live.value?.rules as RuleDocument | undefined);
  /** The change that made the live set live. */
  const since = computed(() => history.value[0]);

  function frozen(now: number): boolean {
    const { frozen_from: from, frozen_until: until } = settings.value ?? {};
    return Boolean(from && until && Date.parse(from) <= now && now < Date.parse(until));
  }

  async function load(locale: string): Promise<void> {
    try {
      await Promise.all([loadWords(locale), loadLive(), loadSwitches()]);
      state.value = "ready";
    } catch {
      if (state.value !== "ready") state.value = "failed";
    }
  }

  /** Facts carry their names in one language: another one asks anew. */
  async function loadWords(locale: string): Promise<void> {
    if (vocabulary.value && spoken === locale) return;
    vocabulary.value = await get<Vocabulary>("/v1/rules/vocabulary");
    spoken = locale;
  }

  async function loadLive(): Promise<void> {
    const [set, changes, guards] = await Promise.all([
      get<WholeVersion>("/v1/rules"),
      get<{ items: Activation[] }>("/v1/rules/history"),
      get<RuleSettings>("/v1/rules/settings"),
    ]);
    [live.value, history.value, settings.value] = [set, changes.items, guards];
  }

  async function loadSwitches(): Promise<void> {
    switches.value = (await get<{ items: Switch[] }>("/v1/switches")).items;
  }

  /** Turns one on and keeps what is on by then: somebody else may have been here meanwhile. */
  async function turnOn(one: SwitchIn): Promise<void> {
    await loadSwitches();
    await putSwitches([...switches.value.map(kept), one]);
  }

  async function turnOff(id: string): Promise<void> {
    await loadSwitches();
    await putSwitches(switches.value.filter((one) => one.id !== id).map(kept));
  }

  async function putSwitches(items: SwitchIn[]): Promise<void> {
    switches.value = (await put<{ items: Switch[] }>("/v1/switches", { items })).items;
  }

  async function guard(wanted: Pick<RuleSettings, "second_person" | "frozen_from" | "frozen_until">): Promise<void> {
    settings.value = await put<RuleSettings>("/v1/rules/settings", wanted);
  }

  async function shadow(version: number, on: boolean): Promise<void> {
    settings.value = await post<RuleSettings>(`/v1/rules/versions/${version}/shadow`, { on });
  }

  /** A draft of a version's document, by default of the live one. */
  async function begin(from?: number): Promise<WholeVersion> {
    const source = from === undefined ? await get<WholeVersion>("/v1/rules") : await get<WholeVersion>(`/v1/rules/versions/${from}`);
    return post<WholeVersion>("/v1/rules/versions", { rules: source.rules });
  }

  return { vocabulary, live, history, settings, switches, state, facts, document, since, frozen, load, loadLive, loadSwitches, turnOn, turnOff, guard, shadow, begin };
});

function kept(one: Switch): SwitchIn {
  return { id: one.id, kind: one.kind, reason: one.reason, texts: {} };
}

/** Versions as a list shows them, newest first. */
export async function versionPage(cursor?: string): Promise<{ items: Version[]; next?: string | null }> {
  return get<{ items: Version[]; next?: string | null }>("/v1/rules/versions", { limit: 50, cursor });
}
