/** Who has the conversation: the bar that always leads to a person, what is promised, and where the answer may go. */
import type { Context } from "./context";
import { h, icon } from "./dom";
import * as ICONS from "./icons";
import { fill } from "./texts/speech";

const DAYS_OF_A_LINK = 7;

/** One line that says who is answering; with the bot it holds the way to a person. */
export class CareBar {
  readonly element = h("div", { class: "bar" });
  readonly #context: Context;
  #state = "";

  constructor(context: Context) {
    this.#context = context;
  }

  draw(): void {
    const { thread, speech, visitor } = this.#context;
    const { texts } = speech;
    const { waiting, agent } = thread;
    const asking = visitor.outbox.items.some((item) => item.human);
    const state = JSON.stringify([waiting, agent, asking]);
    if (state === this.#state) return;
    this.#state = state;
    if (agent !== null) {
      this.element.replaceChildren(h("span", { class: "dot" }), h("p", {}, fill(texts.withAgent, { name: agent })));
    } else if (waiting) {
      const promise = waiting.until ? fill(texts.waitUntil, { when: speech.when(waiting.until) }) : texts.waitSoon;
      const place = waiting.position === null || waiting.position < 2 ? "" : ` ${speech.count(texts.position, waiting.position)}`;
      this.element.replaceChildren(icon(...ICONS.person), h("p", {}, promise + place));
    } else {
      const ask = h("button", { class: "chip", onclick: () => visitor.say({ human: true }) }, icon(...ICONS.person), texts.person);
      ask.disabled = asking;
      this.element.replaceChildren(icon(...ICONS.bot), h("p", { class: "quiet" }, texts.bot), ask);
    }
  }
}

/** An address for the reply; shown while a person's answer is awaited, and from the menu. */
export function addressCard(context: Context, done: () => void): HTMLElement {
  const { texts } = context.speech;
  const email = h("input", { type: "email", autocomplete: "email", inputmode: "email", dir: "ltr" });
  const phone = h("input", { type: "tel", autocomplete: "tel", inputmode: "tel", dir: "ltr" });
  const error = h("p", { class: "error", role: "alert" });
  const save = h("button", { type: "submit", class: "solid" }, texts.save);
  const form = h("form", { class: "card fields", novalidate: true }, h("h3", {}, texts.leave), h("label", {}, texts.email, email), h("label", {}, texts.phone, phone), error, save);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [mail, number] = [email.value.trim(), phone.value.trim()];
    error.textContent = mail && !/^\S+@\S+\.\S+$/.test(mail) ? texts.badEmail : number && !/^\+?[\d\s().-]{5,30}$/.test(number) ? texts.badPhone : "";
    if (error.textContent) return;
    if (!mail && !number) {
      email.focus();
      return;
    }
    save.disabled = true;
    const about = { ...(mail && { email: mail }), ...(number && { phone: number }), reply_by: mail ? ("email" as const) : ("phone" as const) };
    void context.attempt(context.visitor.tell(about)).then((saved) => {
      save.disabled = false;
      if (!saved) return;
      form.replaceChildren(h("p", { role: "status" }, texts.saved));
      context.announce(texts.saved);
      done();
    });
  });
  return form;
}

/** A link for the visitor's other device. */
export function deviceCard(context: Context, token: string): HTMLElement {
  const { speech } = context;
  const { texts } = speech;
  const place = new URL(location.href);
  place.hash = `funnel-resume=${token}`;
  const field = h("input", { readonly: true, value: place.href, dir: "ltr", "aria-label": texts.device });
  const copy = h("button", { class: "solid" }, texts.copy);
  copy.addEventListener("click", () => {
    field.select();
    void copied(place.href).then((done) => {
      if (done) copy.textContent = texts.copied;
      if (done) context.announce(texts.copied);
    });
  });
  return h("div", { class: "card fields" }, h("h3", {}, texts.device), h("p", {}, fill(texts.deviceLink, { n: speech.number(DAYS_OF_A_LINK) })), field, copy);
}

/** The clipboard may be forbidden or missing; the link can still be selected by hand. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
