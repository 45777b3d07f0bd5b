/** What an inbox's health comes to, worst first, and why a delivery failed. Pure. */
import type { InboxHealth } from "../api/channels";

export interface Remark {
  /** The text's name behind `inboxes.remark.` in the catalogues. */
  name: "circuit" | "paused" | "pushes" | "refused" | "failed" | "waiting" | "unanswered" | "silent" | "dormant" | "well";
  tone: "bad" | "warn" | "info" | "good";
  count: number;
  at: string;
}

const FEW_PUSHES = 50;

export function remarks(health: InboxHealth): Remark[] {
  const found: Remark[] = [];
  const say = (name: Remark["name"], tone: Remark["tone"], count = 0, at: string | null = null): void => void found.push({ name, tone, count, at: at ?? "" });
  if (health.circuit_open_since) say("circuit", "bad", 0, health.circuit_open_since);
  if (health.refused) say("refused", "bad", health.refused, health.refused_at);
  if (health.failed) say("failed", "bad", health.failed);
  if (health.paused_until) say("paused", "warn", 0, health.paused_until);
  if (health.pushes_left !== null) say("pushes", health.pushes_left <= FEW_PUSHES ? "warn" : "info", health.pushes_left);
  if (health.dormant) say("dormant", "warn");
  if (!health.last_in_at) say("silent", "warn");
  if (health.unanswered) say("unanswered", "info", health.unanswered);
  if (health.waiting) say("waiting", "info", health.waiting);
  if (!found.some((one) => one.tone === "bad" || one.tone === "warn")) say("well", "good");
  return found;
}

export const REASONS = [
  "retry", "retry_after", "reauth", "window_closed", "quota", "recipient_gone", "content_invalid", "config", "ambiguous", "drop", "expired",
] as const;

/** Why a delivery failed, as the outbox classes it; `other` for a class of a newer gateway. */
export function reasonOf(error: string | null | undefined): (typeof REASONS)[number] | "other" {
  const found = (error ?? "").split(":")[0] ?? "";
  return REASONS.find((reason) => reason === found) ?? "other";
}
