/** Who is signed in, what they may do, and whether they say they are there. */
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { keep, readKept } from "./kept";
import { ApiError, get, post, put } from "../api/http";
import type { Me, Presence } from "../api/types";

export type SessionState = "unknown" | "out" | "in" | "unreachable";

export const useSession = defineStore("session", () => {
  const state = ref<SessionState>("unknown");
  const me = ref<Me>();
  const ended = ref(false);

  const agentId = computed(() => me.value?.id ?? "");
  const presence = computed(() => (me.value?.status ?? "offline") as Presence);

  function may(permission: string): boolean {
    return me.value?.permissions.includes(permission) ?? false;
  }

  /** Asks the gateway who this browser is; a cookie of an earlier visit is enough. */
  async function load(): Promise<void> {
    try {
      me.value = (await get<{ agent: Me }>("/v1/me")).agent;
      state.value = "in";
    } catch (error) {
      const away = error instanceof ApiError && error.passing;
      // Whoever is in stays in while the gateway is away.
      if (!(away && state.value === "in")) state.value = away ? "unreachable" : "out";
    }
  }

  async function login(email: string, password: string): Promise<void> {
    const answer = await post<{ agent: Me }>("/v1/auth/login", { email, password });
    me.value = answer.agent;
    ended.value = false;
    state.value = "in";
    if (may("converse")) await setPresence("online").catch(() => undefined);
  }

  async function logout(): Promise<void> {
    if (may("converse")) await setPresence("offline").catch(() => undefined);
    await post("/v1/auth/logout").catch(() => undefined);
    forget(false);
  }

  /** The session is over: by the agent's wish, or because the gateway ended it. */
  function forget(unasked: boolean): void {
    if (state.value === "out") return;
    ended.value = unasked && state.value === "in";
    me.value = undefined;
    state.value = "out";
  }

  async function setPresence(status: Presence): Promise<void> {
    await put("/v1/me/presence", { status });
    keep(`presence.${agentId.value}`, status);
    if (me.value) me.value = { ...me.value, status };
  }

  /** After a break the gateway counts an agent as gone: who said they are here says so again. */
  async function stay(): Promise<void> {
    const said = readKept(`presence.${agentId.value}`);
    if (said !== "online" && said !== "away") return;
    await load();
    if (state.value === "in" && presence.value !== said) await setPresence(said).catch(() => undefined);
  }

  return { state, me, ended, agentId, presence, may, load, login, logout, forget, setPresence, stay };
});
