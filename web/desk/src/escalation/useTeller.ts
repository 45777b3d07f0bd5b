/** The teller of sentences for the page's language, the gateway's facts and a document's parameters. */
import { computed, type ComputedRef } from "vue";
import { useI18n } from "vue-i18n";
import type { Parameter } from "./document";
import { useEscalation } from "./store";
import type { Teller } from "./telling";

export function useTeller(parameters: () => Record<string, Parameter> | undefined = () => undefined): ComputedRef<Teller> {
  const i18n = useI18n();
  const escalation = useEscalation();
  return computed(() => ({
    locale: i18n.locale.value,
    t: (key: string, named: Record<string, unknown> = {}) => i18n.t(key, named),
    te: (key: string) => i18n.te(key),
    facts: escalation.facts,
    parameters: parameters() ?? {},
    sites: new Map(escalation.vocabulary?.sites.map((site) => [site.id, site.name])),
  }));
}
