/** What the launcher has loaded is lent to the panel, not loaded twice; and what is made with it. */
import type { Tools } from "./bridge";
import type { Props } from "./drawing";

export let h: Tools["h"];
export let icon: Tools["icon"];
export let tagFor: Tools["tagFor"];

/** Comes before anything is drawn. */
export function borrow(tools: Tools): void {
  ({ h, icon, tagFor } = tools);
}

/** A button with a drawing; its name is what a screen reader says and a tooltip shows. */
export function iconButton(name: string, drawing: readonly string[], onclick: (event: MouseEvent) => void, more: Props = {}): HTMLButtonElement {
  return h("button", { class: "icon", "aria-label": name, title: name, onclick, ...more }, icon(...drawing));
}
