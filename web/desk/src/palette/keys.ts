/** Single keys run the commands that are offered; Ctrl+K opens the palette. Nothing is taken from somebody who types. */
import { defineStore } from "pinia";
import { usePreferences } from "../stores/preferences";
import { usePalette } from "./palette";

export const useKeys = defineStore("keys", () => {
  const palette = usePalette();
  const preferences = usePreferences();

  function listen(): () => void {
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }

  function pressed(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      palette.open = !palette.open;
      return;
    }
    if (!preferences.keys || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || busy(event)) return;
    if (event.key === "?") {
      event.preventDefault();
      palette.showKeys();
      return;
    }
    const command = palette.commands().find((one) => one.key !== undefined && one.key === event.key.toLowerCase());
    if (!command) return;
    event.preventDefault();
    command.run();
  }

  return { listen };
});

/** Where a key means a letter, or belongs to an open menu or dialog. */
function busy(event: KeyboardEvent): boolean {
  const target = event.target;
  if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"][data-state="open"]')) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
