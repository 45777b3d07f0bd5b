/** What the launcher and the panel know of each other; they are built and loaded apart. */
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
  /** Tells the host page. */
  emit(name: string, detail?: unknown): void;
  /** Shows how many messages wait. */
  unread(count: number): void;
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
