/** An article as a form holds it, what of it is sent, and what becomes of two writers' changes. Pure. */
import type { Article, NextStep } from "../api/knowledge";

export const LONGEST_SHORT_ANSWER = 350;
export const MOST_STEPS = 3;

export interface ArticleForm {
  locale: string;
  title: string;
  slug: string;
  body: string;
  short_answer: string;
  status: Article["status"];
  audience: Article["audience"];
  sites: string[];
  tags: string;
  url_patterns: string;
  product: string;
  example_questions: string;
  review_by: string;
  publish_at: string;
  unpublish_at: string;
  owner_id: string;
  next_steps: NextStep[];
  safety: boolean;
}

export type FormField = keyof ArticleForm;

/** What a new article begins with; a gap or a translation brings some of it. */
export function emptyForm(more: Partial<ArticleForm> = {}): ArticleForm {
  return {
    locale: "en", title: "", slug: "", body: "", short_answer: "", status: "draft", audience: "public", sites: [], tags: "", url_patterns: "",
    product: "", example_questions: "", review_by: "", publish_at: "", unpublish_at: "", owner_id: "", next_steps: [], safety: false, ...more,
  };
}

export function formOf(article: Article): ArticleForm {
  return {
    locale: article.locale, title: article.title, slug: article.slug, body: article.body, short_answer: article.short_answer ?? "",
    status: article.status, audience: article.audience, sites: [...article.sites], tags: article.tags.join(", "),
    url_patterns: article.url_patterns.join("\n"), product: article.product ?? "", example_questions: article.example_questions.join("\n"),
    review_by: article.review_by ?? "", publish_at: localTime(article.publish_at), unpublish_at: localTime(article.unpublish_at),
    owner_id: article.owner_id ?? "", next_steps: article.next_steps.map((step) => ({ ...step })), safety: article.safety,
  };
}

/** The fields as the gateway takes them. An empty slug is left out: the gateway makes one. */
export function fieldsOf(form: ArticleForm): Record<string, unknown> {
  const { slug, ...rest } = form;
  return {
    ...rest, ...(slug ? { slug } : {}), short_answer: form.short_answer.trim() || null, product: form.product.trim() || null,
    tags: parts(form.tags, /[,，、،\n]+/), url_patterns: parts(form.url_patterns, /\n+/), example_questions: parts(form.example_questions, /\n+/),
    review_by: form.review_by || null, publish_at: moment(form.publish_at), unpublish_at: moment(form.unpublish_at), owner_id: form.owner_id || null,
  };
}

function parts(text: string, between: RegExp): string[] {
  return [...new Set(text.split(between).map((one) => one.trim()).filter(Boolean))];
}

/** A moment as a local date-and-time field holds it, in the writer's own zone; empty for none. */
export function localTime(at: string | null | undefined): string {
  if (!at) return "";
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

function moment(local: string): string | null {
  const date = new Date(local);
  return local && !Number.isNaN(date.getTime()) ? date.toISOString() : null;
}

/** The fields in which two states differ. */
export function differing(a: ArticleForm, b: ArticleForm): FormField[] {
  return (Object.keys(a) as FormField[]).filter((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field]));
}

export interface Merge {
  /** Mine with everything put in that only they changed. */
  form: ArticleForm;
  /** What only they changed. */
  taken: FormField[];
  /** What both changed, each in another way: somebody must choose. */
  disputed: FormField[];
}

/** Joins what two writers made of the same article: nothing of either is lost without being asked about. */
export function merge(base: ArticleForm, theirs: ArticleForm, mine: ArticleForm): Merge {
  const changedByMe = new Set(differing(base, mine));
  const unlike = new Set(differing(theirs, mine));
  const theirChanges = differing(base, theirs).filter((field) => unlike.has(field));
  const taken = theirChanges.filter((field) => !changedByMe.has(field));
  const form = structured(mine);
  for (const field of taken) Object.assign(form, { [field]: structured(theirs)[field] });
  return { form, taken, disputed: theirChanges.filter((field) => changedByMe.has(field)) };
}

/** A copy that shares nothing. */
export function structured(form: ArticleForm): ArticleForm {
  return { ...form, sites: [...form.sites], next_steps: form.next_steps.map((step) => ({ ...step })) };
}

/** Characters as the gateway counts them: code points. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}
