/** How this agent wants the desk on this machine: language, light, sound, keys, details. */
import { usePreferredDark } from "./media";
import { defineStore } from "pinia";
import { computed, watchEffect } from "vue";
import { DIRECTIONS, guess, LOCALES, setLanguage } from "../i18n";
import { keptRef } from "./kept";

export const usePreferences = defineStore("preferences", () => {
  const locale = keptRef("locale", guess(navigator.languages), LOCALES);
  const theme = keptRef<"auto" | "light" | "dark">("theme", "auto", ["auto", "light", "dark"]);
  const sound = keptRef("sound", false, [true, false]);
  const notifications = keptRef("notifications", false, [true, false]);
  const keys = keptRef("keys", true, [true, false]);
  const details = keptRef("details", false, [true, false]);
  const contextOpen = keptRef("context", true, [true, false]);

  const prefersDark = usePreferredDark();
  const dark = computed(() => theme.value === "dark" || (theme.value === "auto" && prefersDark.value));
  const direction = computed(() => DIRECTIONS[locale.value]);

  watchEffect(() => {
    document.documentElement.dataset["theme"] = dark.value ? "dark" : "light";
  });
  watchEffect(() => {
    document.documentElement.lang = locale.value;
    document.documentElement.dir = direction.value;
    void setLanguage(locale.value);
  });

  return { locale, theme, sound, notifications, keys, details, contextOpen, dark, direction };
});
