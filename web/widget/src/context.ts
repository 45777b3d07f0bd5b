import type { Visitor } from "@funnel/shared/client/visitor";
import type { Memory } from "@funnel/shared/client/memory";
import type { Bridge } from "./bridge";
import type { Speech } from "./texts/speech";
import type { Thread } from "./thread";

/** What every part of the panel works with. */
export interface Context {
  bridge: Bridge;
  memory: Memory;
  visitor: Visitor;
  speech: Speech;
  thread: Thread;
  page: { url: string; title?: string };
  /** Redraws what depends on state, once a frame. */
  changed(): void;
  /** Says something to screen readers. */
  announce(text: string): void;
  /** Sounds for those who switched it on. */
  sound(): void;
  /** Does something at the server; a refusal is said in words and gives false. */
  attempt(work: Promise<unknown>): Promise<boolean>;
}
