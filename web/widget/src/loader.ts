/** `/widget.js`: one script tag. Draws the launcher, offers `window.Funnel`, and loads the panel when somebody wants it. */
import type { Bridge, Config, Panel, StartPanel } from "./bridge";
import { h, icon } from "./drawing";
import * as ICONS from "./icons";
import { LAUNCHER_CSS } from "./styles.launcher";
import { LAUNCHER_TEXTS } from "./texts/launcher";
import { tagFor } from "./texts/tags";

declare const PANEL_FILE: string;

type Handler = (detail: unknown) => void;

const NAME = "funnel-widget";
const FIRST_TRY_AGAIN = 400;

class FunnelElement extends HTMLElement {}

/** Nothing a host page's style sheets say reaches an element styled this way. */
function shield(element: HTMLElement, zIndex: string): void {
  const own = { all: "initial", display: "block", position: "fixed", inset: "auto", width: "0", height: "0", "z-index": zIndex };
  for (const [name, value] of Object.entries(own)) element.style.setProperty(name, value, "important");
}

function adopt(root: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

/** Follows the setting of the device where the site does not fix a theme. */
function theme(host: HTMLElement, wanted: Config["theme"]): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = (): void => {
    host.dataset["theme"] = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
  };
  dark.addEventListener("change", paint);
  paint();
}

function start(script: HTMLScriptElement): void {
  const { site, locale = document.documentElement.lang || navigator.language, theme: wanted, position, launcher: own, zIndex } = script.dataset;
  if (!site || document.querySelector(NAME)) return;
  if (!customElements.get(NAME)) customElements.define(NAME, FunnelElement);
  const config: Config = {
    base: script.src.replace(/\/widget\.js([?#].*)?$/, ""),
    site,
    locale,
    theme: wanted === "dark" || wanted === "light" ? wanted : "auto",
  };
  const tag = tagFor(locale);
  const words = LAUNCHER_TEXTS[tag];
  const handlers = new Map<string, Set<Handler>>();
  const emit = (name: string, detail?: unknown): void => {
    for (const handler of handlers.get(name) ?? []) {
      try {
        handler(detail);
      } catch (error) {
        reportError(error);
      }
    }
  };

  const host = document.createElement(NAME);
  shield(host, zIndex ?? "2147483000");
  theme(host, config.theme);
  host.dir = tag === "ar" ? "rtl" : "ltr";
  host.lang = tag;
  const root = host.attachShadow({ mode: "closed" });
  adopt(root, LAUNCHER_CSS);
  const badge = h("span", { class: "badge", hidden: true, "aria-hidden": "true" });
  const button = h("button", { class: "launcher", "aria-label": words.open, "aria-expanded": "false" }, icon(...ICONS.chat), badge);
  if (own === "none") button.hidden = true;
  const frame = h("div", { class: position === "start" ? "start" : "end" }, button);
  root.append(frame);
  document.documentElement.append(host);

  let count = 0;
  let waiting = "";
  let isOpen = false;
  const label = (): string => {
    if (isOpen) return words.close;
    return count ? `${words.open} (${waiting})` : words.open;
  };
  const paint = (): void => {
    button.setAttribute("aria-label", label());
    button.setAttribute("aria-expanded", String(isOpen));
    button.replaceChildren(icon(...(isOpen ? ICONS.down : ICONS.chat)), badge);
    badge.textContent = count > 99 ? "99+" : String(count);
    badge.hidden = !count || isOpen;
    frame.classList.toggle("isopen", isOpen);
  };

  const tip = h("div", { class: "tip", role: "status", hidden: true });
  frame.append(tip);
  let fading: ReturnType<typeof setTimeout> | undefined;
  const show = (text: string): void => {
    clearTimeout(fading);
    tip.hidden = false;
    tip.textContent = text;
    fading = setTimeout(() => (tip.hidden = true), 8000);
  };

  const bridge: Bridge = {
    config,
    root,
    launcher: button,
    words,
    tools: { h, icon, tagFor },
    tip: show,
    emit,
    unread(number, said) {
      if (number === count) return;
      count = number;
      waiting = said;
      paint();
      emit("unread", { count });
    },
    opened(open) {
      isOpen = open;
      paint();
      emit(open ? "open" : "close");
    },
  };

  let loading: Promise<Panel> | null = null;
  const load = (): Promise<Panel> => {
    loading ??= (import(/* @vite-ignore */ `${config.base}/widget/${PANEL_FILE}`) as Promise<{ start: StartPanel }>)
      .then((module) => module.start(bridge))
      .catch((error: unknown) => {
        loading = null;
        throw error;
      });
    return loading;
  };
  const withPanel = (act: (panel: Panel) => void): void => {
    load()
      .catch(() => new Promise((resolve) => setTimeout(resolve, FIRST_TRY_AGAIN)).then(load))
      .then((panel) => {
        tip.hidden = true;
        act(panel);
      })
      .catch(() => {
        show(words.unreachable);
        emit("unreachable");
      });
  };

  button.addEventListener("click", () => withPanel((panel) => (isOpen ? panel.close() : panel.open())));
  button.addEventListener("pointerenter", () => void load().catch(() => null), { once: true });
  if (own && own !== "none") {
    document.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest(own)) withPanel((panel) => panel.open());
    });
    button.hidden = true;
  }
  Object.defineProperty(window, "Funnel", {
    configurable: true,
    value: Object.freeze({
      open: () => withPanel((panel) => panel.open()),
      close: () => {
        if (isOpen) withPanel((panel) => panel.close());
      },
      identify: (token: string) => withPanel((panel) => panel.identify(token)),
      page: (url: string, title?: string) => {
        config.page = { url, title: title ?? document.title };
        if (loading) withPanel((panel) => panel.page(url, title));
      },
      on: (name: string, handler: Handler) => {
        const known = handlers.get(name) ?? new Set<Handler>();
        handlers.set(name, known.add(handler));
        return () => known.delete(handler);
      },
    }),
  });
  window.dispatchEvent(new CustomEvent("funnel:ready"));

  // A returning visitor may have an answer waiting; everybody else is left alone until they ask.
  if (returning(site) || location.hash.includes("funnel-resume=")) {
    const idle = (): void => void load().catch(() => null);
    if (document.readyState === "complete") setTimeout(idle, 0);
    else addEventListener("load", () => setTimeout(idle, 0), { once: true });
  }
}

function returning(site: string): boolean {
  try {
    return localStorage.getItem(`funnel:${site}:token`) !== null;
  } catch {
    return false;
  }
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) start(script);
