/** How did we do: five words with their numbers, and room for a sentence. */
import type { Context } from "./context";
import { h } from "./dom";
import { BETWEEN } from "./texts/texts";
import type { Rating } from "./thread";

export function ratingCard(context: Context, rating: Rating): HTMLElement {
  const { speech, visitor } = context;
  const { texts } = speech;
  if (rating.score !== null) return h("div", { class: "line" }, texts.rated);
  let chosen = 0;
  const comment = h("textarea", { rows: 2, dir: "auto", placeholder: texts.comment, "aria-label": texts.comment, maxlength: 2000, hidden: true });
  const send = h("button", { class: "solid", hidden: true }, texts.send);
  const buttons = texts.stars.split(BETWEEN).map((word, index) =>
    h("button", { role: "radio", "aria-checked": "false", tabindex: index ? -1 : 0, onclick: () => choose(index + 1) }, h("b", {}, speech.number(index + 1)), h("span", {}, word)),
  );
  const choose = (score: number): void => {
    chosen = score;
    buttons.forEach((button, index) => {
      button.setAttribute("aria-checked", String(index + 1 === score));
      button.tabIndex = index + 1 === score ? 0 : -1;
    });
    comment.hidden = send.hidden = false;
    buttons[score - 1]?.focus();
  };
  const group = h("div", { class: "stars", role: "radiogroup", "aria-label": texts.rate }, ...buttons);
  group.addEventListener("keydown", (event) => {
    const forward = speech.rtl ? "ArrowLeft" : "ArrowRight";
    const backward = speech.rtl ? "ArrowRight" : "ArrowLeft";
    const step = event.key === forward || event.key === "ArrowDown" ? 1 : event.key === backward || event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    choose(chosen === 0 ? 1 : ((chosen - 1 + step + 5) % 5) + 1);
  });
  send.addEventListener("click", () => {
    send.disabled = true;
    void context.attempt(visitor.rate(chosen, comment.value.trim())).then((done) => (send.disabled = done));
  });
  return h("div", { class: "card" }, h("h3", {}, texts.rate), group, comment, send);
}
