/** Before the first message: greeting, what everybody should know, help for this page, search as you type. */
import type { Passage } from "@funnel/shared/client/types";
import type { Context } from "./context";
import { h, icon, tagFor } from "./dom";
import * as ICONS from "./icons";
import { link, textNodes } from "./markup";
import { fill } from "./texts/speech";

const TYPING_PAUSE = 250;

interface Found {
  items: (Passage & { url?: string | null })[];
}

export class Home {
  readonly element = h("div", { class: "home" });
  readonly #context: Context;
  readonly #fitting = h("div", { class: "home" });
  readonly #results = h("div", { class: "articles" });
  readonly #hint = h("p", { class: "lead", role: "status", hidden: true });
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#draw();
  }

  /** The page has changed: other articles fit now. */
  refresh(): void {
    this.#draw();
  }

  #draw(): void {
    const { speech, visitor } = this.#context;
    const { texts } = speech;
    const site = visitor.session?.site;
    if (!site) return;
    const lead = site.open
      ? fill(texts.here, { time: speech.duration(site.expected_reply_seconds) })
      : site.next_open_at
        ? fill(texts.away, { when: speech.when(site.next_open_at) })
        : texts.awayUnknown;
    const articles = h("div", { class: "articles" });
    const heading = h("p", { class: "label", hidden: true }, texts.pageHelp);
    const search = h("input", { type: "search", placeholder: texts.search, "aria-label": texts.search, autocomplete: "off", dir: "auto", enterkeyhint: "search" });
    search.addEventListener("input", () => this.#type(search.value));
    this.#fitting.replaceChildren(heading, articles);
    this.element.replaceChildren(
      h("h3", {}, texts.greeting),
      h("p", { class: "lead" }, lead),
      h("p", { class: "lead" }, site.automated_notice),
      ...(site.notice ? [h("div", { class: "notice", role: "note", "aria-label": texts.notice }, icon(...ICONS.info), h("div", {}, ...textNodes(site.notice, false)))] : []),
      this.#fitting,
      h("div", { class: "finder", role: "search" }, icon(...ICONS.search), search),
      this.#hint,
      this.#results,
    );
    const query = `url=${encodeURIComponent(this.#context.page.url.slice(0, 4000))}`;
    void this.#ask("suggest", query).then((found) => {
      articles.replaceChildren(...found.map((passage) => this.#article(passage)));
      heading.hidden = found.length === 0;
    }, () => null);
  }

  #type(text: string): void {
    clearTimeout(this.#timer);
    const mine = (this.#asked += 1);
    const wanted = text.trim().slice(0, 200);
    // Who looks for something sees what is found, above the keyboard.
    this.#fitting.hidden = !!wanted;
    if (!wanted) {
      this.#hint.hidden = true;
      this.#results.replaceChildren();
      return;
    }
    this.#timer = setTimeout(() => {
      void this.#ask("search", `q=${encodeURIComponent(wanted)}`).then((found) => {
        // Only the newest question's answer is shown, however late the older ones come.
        if (mine !== this.#asked) return;
        const { speech } = this.#context;
        this.#results.replaceChildren(...found.map((passage) => this.#article(passage)));
        this.#hint.textContent = found.length ? speech.count(speech.texts.found, found.length) : speech.texts.nothing;
        this.#hint.hidden = false;
      }, () => null);
    }, TYPING_PAUSE);
  }

  async #ask(what: "search" | "suggest", query: string): Promise<Found["items"]> {
    const { visitor, bridge, speech } = this.#context;
    const locale = visitor.session?.site.locale ?? speech.tag;
    const place = `site_key=${encodeURIComponent(bridge.config.site)}&locale=${encodeURIComponent(locale)}&limit=8`;
    const { items } = await visitor.rest.call<Found>(`/v1/kb/${what}?${query}&${place}`);
    // What is in another language is for those who find nothing in theirs.
    const own = items.filter((one) => tagFor(one.locale) === speech.tag);
    return (own.length ? own : items).slice(0, 4);
  }

  #article(passage: Found["items"][number]): HTMLElement {
    const { texts } = this.#context.speech;
    return h(
      "details",
      {},
      h("summary", {}, h("span", {}, h("bdi", { lang: passage.locale }, passage.title)), icon(...ICONS.down)),
      h("div", { class: "body", lang: passage.locale }, ...textNodes(passage.text, true), passage.url ? h("p", {}, link(passage.url, texts.article)) : null),
    );
  }
}
