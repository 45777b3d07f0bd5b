/** The panel's frame: header, bars, the scrolling middle, the footer; and where focus and keyboard go. */
import { CareBar } from "./care";
import { Composer } from "./composer";
import type { Context } from "./context";
import { h, iconButton } from "./dom";
import * as ICONS from "./icons";
import { Home } from "./home";
import { Menu } from "./menu";
import { Messages } from "./messages";
import { fill } from "./texts/speech";

const NEAR_END = 120;

export class Shell {
  readonly element: HTMLElement;
  readonly messages: Messages;
  readonly home: Home;
  readonly composer: Composer;
  readonly #context: Context;
  readonly #bar: CareBar;
  readonly #menu: Menu;
  readonly #title: HTMLElement;
  readonly #alert = h("p", { class: "alert", role: "status" });
  readonly #typing = h("p", { class: "typing", "aria-hidden": "true" });
  readonly #cards = h("div", {});
  readonly #scroll: HTMLElement;
  readonly #live = h("div", { class: "sr", role: "log", "aria-live": "polite" });
  #atEnd = true;
  readonly #phone = matchMedia("(max-width: 480px), (max-height: 419px)");

  constructor(context: Context, close: () => void) {
    this.#context = context;
    const { texts, rtl, tag } = context.speech;
    const site = context.visitor.session?.site.name ?? "";
    this.messages = new Messages(context);
    this.home = new Home(context);
    this.composer = new Composer(context, () => this.#cards.replaceChildren());
    this.#bar = new CareBar(context);
    this.#menu = new Menu(context, (card) => this.card(card));
    this.#title = h("h2", { tabindex: -1 }, h("bdi", {}, site));
    this.#scroll = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": fill(texts.dialog, { site }) }, this.home.element, this.messages.element, this.#cards, this.#typing);
    this.element = h(
      "section",
      { class: "panel", role: "dialog", "aria-label": fill(texts.dialog, { site }), dir: rtl ? "rtl" : "ltr", lang: tag, "data-drop": texts.drop },
      h("header", {}, h("div", { class: "face", "aria-hidden": "true" }, String.fromCodePoint(site.codePointAt(0) ?? 32)), h("div", { class: "who" }, this.#title, h("p", { class: "sub" }, texts.team)), this.#menu.button, iconButton(context.bridge.words.close, ICONS.close, close)),
      this.#menu.element,
      this.#bar.element,
      this.#alert,
      this.#scroll,
      this.composer.element,
      this.#live,
    );
    this.element.addEventListener("keydown", (event) => this.#key(event, close));
    this.#scroll.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
      this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    });
    // Pictures arrive and keyboards open: who was at the end stays there.
    const follow = new ResizeObserver(() => {
      if (this.#atEnd && this.home.element.hidden) this.toEnd();
    });
    follow.observe(this.messages.element);
    follow.observe(this.#scroll);
    this.#accept();
  }

  draw(): void {
    const root = this.element.getRootNode() as ShadowRoot;
    const held = root.activeElement;
    this.#redraw();
    // What had the focus may be gone, like a button that has done its work: the keyboard stays in the chat.
    if (held && !held.isConnected && this.element.isConnected) this.focus();
  }

  #redraw(): void {
    const before = this.#context.visitor.conversation === null && this.#context.visitor.outbox.items.length === 0;
    this.home.element.hidden = !before;
    this.messages.element.hidden = before;
    this.messages.draw();
    this.#bar.draw();
    if (this.#atEnd && !before) this.toEnd();
  }

  toEnd(): void {
    this.#atEnd = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** Says it to those who do not see it. */
  say(text: string): void {
    this.#live.append(h("p", {}, text));
    while (this.#live.childElementCount > 20) this.#live.firstElementChild?.remove();
  }

  /** A sentence above the conversation; empty takes it away. */
  warn(text: string): void {
    if (this.#alert.textContent !== text) this.#alert.textContent = text;
  }

  types(name: string | null): void {
    this.#typing.textContent = name === null ? "" : fill(this.#context.speech.texts.typing, { name });
  }

  /** Where the focus goes when the panel opens: to writing, but no keyboard pops up on a touch screen. */
  focus(): void {
    this.element.setAttribute("aria-modal", String(this.#phone.matches));
    this.composer.fit();
    if (matchMedia("(pointer: coarse)").matches) this.#title.focus();
    else this.composer.field.focus();
  }

  card(card: HTMLElement | null): void {
    this.#cards.replaceChildren(...(card ? [card] : []));
    this.toEnd();
    card?.querySelector<HTMLElement>("input, button")?.focus();
  }

  #key(event: KeyboardEvent, close: () => void): void {
    // The host page's shortcuts are not meant for what is typed here.
    event.stopPropagation();
    if (event.key === "Escape") {
      if (this.#menu.isOpen) this.#menu.toggle(false);
      else close();
    } else if (event.key === "Tab" && this.#phone.matches) this.#keepFocus(event);
  }

  /** On a phone the panel is all there is: the focus goes round inside it. */
  #keepFocus(event: KeyboardEvent): void {
    const all = [...this.element.querySelectorAll<HTMLElement>("button, input, textarea, a[href], summary, [tabindex='0']")];
    const reachable = all.filter((one) => one.tabIndex >= 0 && one.getClientRects().length > 0 && !(one as HTMLButtonElement).disabled);
    const [first, last] = [reachable[0], reachable.at(-1)];
    const active = (this.element.getRootNode() as ShadowRoot).activeElement;
    if (event.shiftKey ? active === first || active === this.#title : active === last) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  }

  #accept(): void {
    let depth = 0;
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const mark = (change: number): void => {
      depth = Math.max(0, depth + change);
      this.element.classList.toggle("dropping", depth > 0);
    };
    this.element.addEventListener("dragenter", (event) => mark(carriesFiles(event) ? 1 : 0));
    this.element.addEventListener("dragleave", (event) => mark(carriesFiles(event) ? -1 : 0));
    this.element.addEventListener("dragover", (event) => {
      if (carriesFiles(event)) event.preventDefault();
    });
    this.element.addEventListener("drop", (event) => {
      mark(-depth);
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.composer.addFiles(event.dataTransfer.files);
    });
  }
}
