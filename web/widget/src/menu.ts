/** What is rarely needed: sound, saving, another device, an address, the end. */
import { ApiError } from "@funnel/shared/client/rest";
import { addressCard, deviceCard } from "./care";
import type { Context } from "./context";
import { h, iconButton } from "./dom";
import * as ICONS from "./icons";
import { transcript } from "./transcript";

export class Menu {
  readonly button: HTMLButtonElement;
  readonly element = h("div", { class: "menu", role: "menu", hidden: true });
  readonly #context: Context;
  readonly #show: (card: HTMLElement | null) => void;

  /** `show` puts a card into the conversation. */
  constructor(context: Context, show: (card: HTMLElement | null) => void) {
    this.#context = context;
    this.#show = show;
    this.button = iconButton(context.speech.texts.menu, ICONS.more, () => this.toggle(), { "aria-haspopup": "menu", "aria-expanded": "false" });
    this.element.addEventListener("keydown", (event) => this.#move(event));
    this.element.addEventListener("focusout", (event) => {
      const to = event.relatedTarget;
      if (to instanceof Node && !this.element.contains(to) && to !== this.button) this.toggle(false);
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  toggle(open = this.element.hidden): void {
    if (open) this.#fill();
    this.element.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) (this.element.firstElementChild as HTMLElement | null)?.focus();
  }

  #fill(): void {
    const context = this.#context;
    const { speech, memory, visitor, thread } = context;
    const { texts } = speech;
    const started = visitor.conversation !== null;
    const sound = !!memory.get("sound");
    const item = (label: string, act: () => void, more = {}): HTMLElement =>
      h("button", { role: "menuitem", tabindex: -1, onclick: () => {
        this.toggle(false);
        this.button.focus();
        act();
      }, ...more }, label);
    this.element.replaceChildren(
      item(texts.sound, () => {
        memory.set("sound", !sound);
        context.sound();
      }, { role: "menuitemcheckbox", "aria-checked": String(sound) }),
      item(texts.leave, () => this.#show(addressCard(context, () => null))),
      ...(started
        ? [
            item(texts.transcript, () => transcript(context)),
            item(texts.device, () => void this.#device()),
            ...(thread.resolved ? [] : [item(texts.end, () => void this.#end())]),
          ]
        : []),
    );
  }

  async #device(): Promise<void> {
    let token = "";
    const made = await this.#context.attempt(this.#context.visitor.resumeLink().then((link) => (token = link)));
    if (made) this.#show(deviceCard(this.#context, token));
  }

  async #end(): Promise<void> {
    const context = this.#context;
    const { texts } = context.speech;
    const ending = context.visitor.end().catch((error: unknown) => {
      // Where somebody may be in danger only a lead closes: that is no failure of the visitor's.
      if (!(error instanceof ApiError) || error.status !== 403) throw error;
      this.#show(h("p", { class: "card", role: "status" }, texts.locked));
    });
    await context.attempt(ending);
  }

  #move(event: KeyboardEvent): void {
    const items = [...this.element.children] as HTMLElement[];
    const at = items.findIndex((item) => item.matches(":focus"));
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) items[(at + step + items.length) % items.length]?.focus();
    else if (event.key === "Home") items[0]?.focus();
    else if (event.key === "End") items.at(-1)?.focus();
    else if (event.key === "Escape") {
      this.toggle(false);
      this.button.focus();
    } else if (event.key === "Tab") {
      this.toggle(false);
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
