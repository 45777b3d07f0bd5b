/** The page of a draft: what the gateway rendered, with title, short answer and next steps around it. Pure. */
import type { ArticleForm } from "./article";

/** Text as markup that shows it. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);
}

/** `html` is the gateway's, cleaned there; everything else is escaped here. */
export function previewOf(html: string, form: ArticleForm): string {
  const short = form.short_answer.trim() ? `<p class="short" dir="auto">${escaped(form.short_answer)}</p>` : "";
  const steps = form.next_steps.filter((step) => step.label.trim()).map((step) => `<span>${escaped(step.label)}</span>`).join("");
  return `<h1 dir="auto">${escaped(form.title)}</h1>${short}${html}${steps ? `<p class="steps">${steps}</p>` : ""}`;
}
