/** A draft while it is changed: the document, what lint says of it a moment later, and saving without overwriting others. */
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from "vue";
import { ApiError, get, post, put } from "../../api/http";
import type { Lint, Merge, WholeVersion } from "../../api/types";
import type { RuleDocument } from "../document";
import { placed, refused, type Placed } from "../findings";

const LINT_AFTER = 600;

export interface Draft {
  stored: ShallowRef<WholeVersion | undefined>;
  document: Ref<RuleDocument | undefined>;
  state: Ref<"loading" | "ready" | "failed" | "missing">;
  dirty: ComputedRef<boolean>;
  findings: ShallowRef<Placed[]>;
  tests: Ref<number>;
  lint: Ref<"waiting" | "running" | "done" | "failed">;
  conflicts: ShallowRef<Merge[]>;
  load: () => Promise<void>;
  check: () => Promise<void>;
  save: () => Promise<void>;
  rebase: () => Promise<void>;
}

export function useDraft(version: () => number): Draft {
  const stored = shallowRef<WholeVersion>();
  const document = ref<RuleDocument>();
  const state = ref<"loading" | "ready" | "failed" | "missing">("loading");
  const findings = shallowRef<Placed[]>([]);
  const tests = ref(0);
  const lint = ref<"waiting" | "running" | "done" | "failed">("waiting");
  const conflicts = shallowRef<Merge[]>([]);
  const kept = ref("");
  const dirty = computed(() => document.value !== undefined && JSON.stringify(document.value) !== kept.value);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  /** `sent` is what was saved as it is shown now: what was changed since stays. */
  function take(found: WholeVersion, sent = JSON.stringify(document.value)): void {
    stored.value = found;
    kept.value = JSON.stringify(found.rules);
    if (JSON.stringify(document.value) === sent) document.value = JSON.parse(kept.value) as RuleDocument;
  }

  async function load(): Promise<void> {
    state.value = "loading";
    try {
      take(await get<WholeVersion>(`/v1/rules/versions/${version()}`));
      state.value = "ready";
    } catch (error) {
      state.value = error instanceof ApiError && error.status === 404 ? "missing" : "failed";
    }
  }

  /** Lint and all tests of what is on the screen; an answer that was overtaken is passed over. */
  async function check(): Promise<void> {
    clearTimeout(timer);
    const mine = ++asked;
    lint.value = "running";
    try {
      const found = await post<Lint>("/v1/rules/lint", { rules: document.value });
      if (mine !== asked) return;
      [findings.value, tests.value, lint.value] = [placed(found.findings), found.tests, "done"];
    } catch (error) {
      if (mine !== asked) return;
      const unread = error instanceof ApiError && error.status === 422;
      if (unread) findings.value = error.fields.length ? refused(error.fields) : [{ code: error.code, level: "error", detail: "", at: "" }];
      lint.value = unread ? "done" : "failed";
    }
  }

  async function save(): Promise<void> {
    const sent = JSON.stringify(document.value);
    const body = { rules: JSON.parse(sent) as RuleDocument, note: stored.value?.note ?? undefined, revision: stored.value?.revision };
    take(await put<WholeVersion>(`/v1/rules/versions/${version()}`, body), sent);
  }

  /** Takes what went live since into the draft; where both changed a part ours stays and is listed. */
  async function rebase(): Promise<void> {
    const found = await post<{ version: WholeVersion; conflicts: Merge[] }>(`/v1/rules/versions/${version()}/rebase`, { revision: stored.value?.revision });
    conflicts.value = found.conflicts;
    take(found.version);
  }

  watch(document, () => {
    if (!document.value) return;
    clearTimeout(timer);
    lint.value = "waiting";
    timer = setTimeout(() => void check(), LINT_AFTER);
  }, { deep: true });
  watch(version, load, { immediate: true });
  onScopeDispose(() => clearTimeout(timer));
  return { stored, document, state, dirty, findings, tests, lint, conflicts, load, check, save, rebase };
}
