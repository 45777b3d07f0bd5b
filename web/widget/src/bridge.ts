/** What the launcher and the panel know of each other; they are built and loaded apart. */
import type { icon, h } from "./drawing";
import type { tagFor } from "./texts/tags";
import type { LauncherTexts } from "./texts/launcher";

/** What the launcher has and lends: nothing is loaded twice. */
export interface Tools {
  h: typeof h;
  icon: typeof icon;
  tagFor: typeof tagFor;
}
export interface Config {
  base: string;
  site: string;
  locale: string | null;
  theme: "auto" | "light" | "dark";
  /** What the host page says it is, where its address does not. */
  page?: { url: string; title: string };
}

export interface Bridge {
  config: Config;
  root: ShadowRoot;
  launcher: HTMLButtonElement;
  words: LauncherTexts;
  tools: Tools;
  /** Says something beside the launcher for a while. */
  tip(text: string): void;
  /** Tells the host page. */
  emit(name: string, detail?: unknown): void;
  /** Shows how many messages wait, said in words for those who do not see it. */
  unread(count: number, words: string): void;
  /** The panel has opened or closed. */
  opened(open: boolean): void;
}

export interface Panel {
  open(): void;
  close(): void;
  identify(token: string): void;
  page(url: string, title?: string): void;
}

export type StartPanel = (bridge: Bridge) => Panel;
