/** What went wrong, in the agent's words: by the gateway's stable code, else by what kind of failure it was. */
import { useI18n } from "vue-i18n";
import { ApiError } from "../api/http";

interface Refusals {
  say: (error: unknown) => string;
  ofCode: (code: string) => string;
}

export function useRefusals(): Refusals {
  const i18n = useI18n();
  const t = (key: string, named: Record<string, unknown> = {}): string => i18n.t(key, named);
  const te = (key: string): boolean => i18n.te(key);

  function ofCode(code: string): string {
    return te(`error.${code}`) ? t(`error.${code}`) : t("error.other", { code });
  }

  function say(error: unknown): string {
    if (!(error instanceof ApiError)) return t("error.unexpected");
    if (te(`error.${error.code}`)) return t(`error.${error.code}`);
    if (error.status === 429) return t("error.throttled");
    if (error.status >= 500) return t("error.unavailable");
    if (error.status === 403) return t("error.forbidden");
    if (error.status === 404) return t("error.not_found");
    return t("error.other", { code: error.code });
  }

  return { say, ofCode };
}
