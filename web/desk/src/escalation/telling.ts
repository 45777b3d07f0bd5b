/** Rules as sentences: condition trees and effects in the reader's language, parameters by name and number. Pure. */
import type { Fact } from "../api/types";
import { childrenOf, kindOf, operatorOf, type Bound, type Condition, type Effects, type Leaf, type Parameter, type Schedule, type Scope } from "./document";

/** A piece of a sentence: words, a named number with its value, or a pattern. */
export interface Piece {
  kind: "text" | "parameter" | "code";
  text: string;
  value?: string;
}

/** A condition as it is read: one line, or a heading with points below it. */
export type Told = { kind: "line"; pieces: Piece[] } | { kind: "points"; heading: string; points: Told[] };

/** What the sentences are made with: texts, the language, the facts and the parameters of the document. */
export interface Teller {
  locale: string;
  t: (key: string, named?: Record<string, unknown>) => string;
  te: (key: string) => boolean;
  facts: ReadonlyMap<string, Fact>;
  parameters: Record<string, Parameter>;
  /** Names of sites by id. */
  sites?: ReadonlyMap<string, string>;
}

const FLAT = 3;
const HOLE = "\u0001";
const DAY = 86_400;
const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: DAY };
const UNITS: [string, number][] = [["day", DAY], ["hour", 3600], ["minute", 60]];
const MONDAY = Date.UTC(2024, 0, 1);

export function told(condition: Condition, teller: Teller): Told {
  const kind = kindOf(condition);
  if (kind === "leaf") return { kind: "line", pieces: leafPieces(condition as Leaf, teller, false) };
  const children = childrenOf(condition);
  const only = children[0];
  if (kind === "not" && only && kindOf(only) === "leaf") return { kind: "line", pieces: leafPieces(only as Leaf, teller, true) };
  const lines = children.map((child) => told(child, teller));
  const flat = children.length <= FLAT && children.every((child) => kindOf(child) === "leaf");
  if (flat && (kind === "all" || kind === "any")) return { kind: "line", pieces: joined(lines, kind, teller) };
  const count = "of" in condition ? condition.at_least : 0;
  return { kind: "points", heading: teller.t(`esc.group.${kind}`, { count }), points: lines };
}

/** "a, b and c" of lines, as the language joins them. */
function joined(lines: Told[], kind: "all" | "any", teller: Teller): Piece[] {
  const format = new Intl.ListFormat(teller.locale, { type: kind === "all" ? "conjunction" : "disjunction" });
  return format.formatToParts(lines.map((_, at) => String(at))).flatMap((part): Piece[] => {
    const line = part.type === "element" ? lines[Number(part.value)] : undefined;
    return line?.kind === "line" ? line.pieces : [{ kind: "text", text: part.value }];
  });
}

function leafPieces(leaf: Leaf, teller: Teller, negated: boolean): Piece[] {
  const { t, facts } = teller;
  const spec = facts.get(leaf.fact);
  const fact = spec?.words ?? leaf.fact;
  const operator = operatorOf(leaf);
  if (operator === "equals" && spec?.kind === "flag") {
    const no = (leaf.equals === false) !== negated;
    return [{ kind: "text", text: no ? t("esc.op.flag.not", { fact }) : fact }];
  }
  const line = operator === "count_over" && leaf.count_over
    ? filled("esc.op.count_over", { fact, last: number(leaf.count_over.last, teller), count: number(leaf.count_over.at_least, teller) }, bound(leaf.count_over.gte, teller), teller)
    : filled(`esc.op.${operator}`, { fact }, wanted(leaf, teller, spec), teller);
  return negated ? [{ kind: "text", text: t("esc.op.not") }, ...line] : line;
}

/** The catalogue's sentence with the value as a piece of its own in its place. */
function filled(key: string, named: Record<string, unknown>, value: Piece, { t }: Teller): Piece[] {
  const [before = "", after = ""] = t(key, { ...named, wanted: HOLE }).split(HOLE);
  return [{ kind: "text", text: before } as Piece, value, { kind: "text", text: after } as Piece].filter((piece) => piece.text);
}

function wanted(leaf: Leaf, teller: Teller, spec: Fact | undefined): Piece {
  const text = (value: string): Piece => ({ kind: "text", text: value });
  switch (operatorOf(leaf)) {
    case "gte": return bound(leaf.gte ?? 0, teller, spec);
    case "lte": return bound(leaf.lte ?? 0, teller, spec);
    case "matches": return { kind: "code", text: leaf.matches ?? "" };
    case "within": return text(duration(leaf.within ?? "", teller.locale));
    case "in": return text(new Intl.ListFormat(teller.locale, { type: "disjunction" }).format((leaf.in ?? []).map((one) => word(one, teller))));
    case "equals":
    case "count_over": {
      const value = leaf.equals;
      return typeof value === "object" || typeof value === "number" ? bound(value, teller, spec) : text(word(value ?? "", teller));
    }
  }
}

function bound(value: Bound, teller: Teller, spec?: Fact): Piece {
  const shown = (one: number): string => (spec?.name.endsWith("_seconds") ? span(one, teller.locale) : number(one, teller));
  if (typeof value === "number") return { kind: "text", text: shown(value) };
  const known = teller.parameters[value.param];
  const text = parameterName(value.param, teller);
  return known ? { kind: "parameter", text, value: shown(known.default) } : { kind: "parameter", text };
}

export function parameterName(name: string, { t, te }: Pick<Teller, "t" | "te">): string {
  return te(`esc.param.${name}`) ? t(`esc.param.${name}`) : name;
}

export function ruleName(id: string, { t, te }: Pick<Teller, "t" | "te">): string {
  return te(`rule.${id}`) ? t(`rule.${id}`) : id;
}

/** A word of the document in the reader's language, where it is one of ours. */
export function word(value: string | number | boolean, teller: Teller): string {
  if (typeof value === "number") return number(value, teller);
  if (typeof value === "boolean") return teller.t(value ? "esc.yes" : "esc.no");
  for (const key of [`esc.value.${value}`, `outcome.${value}`, `priority.${value}`]) if (teller.te(key)) return teller.t(key);
  return value;
}

function number(value: number, { locale }: Teller): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(value);
}

/** "7 days" of "7d"; what is no duration stays as it is. */
export function duration(text: string, locale: string): string {
  const found = /^(\d+)([smhd])$/.exec(text);
  return found ? span(Number(found[1]) * (SECONDS[found[2] ?? "s"] ?? 1), locale) : text;
}

function span(seconds: number, locale: string): string {
  const [unit, size] = UNITS.find(([, length]) => seconds % length === 0) ?? ["second", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}

/** What a rule does, a line each, the weightiest first. */
export function effectLines(effects: Effects, teller: Teller): string[] {
  const { t } = teller;
  const lines: unknown[] = [
    effects.human && humanLine(effects.human, teller),
    effects.limit && t(`esc.limit.${effects.limit}`),
    effects.protective && t("esc.then.protective"),
    effects.no_article && t("esc.then.no_article"),
    effects.say && t("esc.then.say", { what: t(`esc.say.${effects.say}`) }),
    effects.keep_priority && t("esc.then.keep_priority"),
    effects.priority && t("esc.then.priority", { priority: t(`priority.${effects.priority}`) }),
    effects.tags?.length && t("esc.then.tags", { tags: listed(effects.tags, teller) }),
    effects.playbook && t("esc.then.playbook", { name: effects.playbook }),
    effects.notify && t("esc.then.notify", {
      ways: listed((effects.notify.by ?? ["desk"]).map((way) => t(`esc.by.${way}`)), teller),
      span: span((effects.notify.every_minutes ?? 15) * 60, teller.locale),
    }),
    effects.due_days && t("esc.then.due", { span: span(effects.due_days * DAY, teller.locale) }),
  ];
  return lines.filter((line): line is string => typeof line === "string" && line !== "");
}

function humanLine(human: NonNullable<Effects["human"]>, teller: Teller): string {
  const { t } = teller;
  const more = [
    human.queue && t("esc.human.queue", { queue: human.queue }),
    human.priority && t("esc.human.priority", { priority: t(`priority.${human.priority}`) }),
    human.raise_one && t("esc.human.raise"),
    human.skills?.length && t("esc.human.skills", { skills: listed(human.skills, teller) }),
  ].filter((part): part is string => typeof part === "string");
  return more.length ? t("esc.human.more", { more: more.join(t("esc.comma")) }) : t("esc.human");
}

function listed(words: readonly string[], { locale }: Teller): string {
  return new Intl.ListFormat(locale).format(words);
}

/** When and where a rule is in force; empty where always and everywhere. */
export function boundsLines(schedule: Schedule | undefined, scope: Scope | undefined, teller: Teller): string[] {
  const { t } = teller;
  const lines: string[] = [];
  if (schedule?.first_day && schedule.last_day) lines.push(t("esc.when.season", { from: schedule.first_day, to: schedule.last_day }));
  if (schedule?.weekdays?.length) lines.push(t("esc.when.days", { days: listed(schedule.weekdays.map((day) => weekday(day, teller.locale)), teller) }));
  if (schedule?.opens && schedule.closes) lines.push(t("esc.when.clock", { from: schedule.opens, to: schedule.closes }));
  if (schedule?.hours) lines.push(t(`esc.when.${schedule.hours}`));
  if (scope?.sites?.length) lines.push(t("esc.where.sites", { names: listed(scope.sites.map((id) => teller.sites?.get(id) ?? id), teller) }));
  if (scope?.channels?.length) lines.push(t("esc.where.channels", { names: listed(scope.channels, teller) }));
  if (scope?.locales?.length) lines.push(t("esc.where.locales", { names: listed(scope.locales, teller) }));
  return lines;
}

export function weekday(day: string, locale: string): string {
  const at = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].indexOf(day);
  return new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(MONDAY + Math.max(0, at) * DAY * 1000);
}
