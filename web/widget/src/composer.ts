/** Writing: a field that grows, files by button, camera, drag and paste; drafts survive a reload. */
import type { Context } from "./context";
import { h, iconButton } from "./dom";
import * as ICONS from "./icons";
import { Files } from "./files";
import { fill } from "./texts/speech";

const LONGEST = 10_000;
const TYPING_EVERY = 3000;

export class Composer {
  readonly element: HTMLElement;
  readonly field: HTMLTextAreaElement;
  readonly #context: Context;
  readonly #sent: () => void;
  readonly #files: Files;
  readonly #go: HTMLButtonElement;
  #lastTyping = 0;
  /** Sending was asked for while files were on their way: it happens when the last has arrived. */
  #asked = false;

  constructor(context: Context, sent: () => void) {
    this.#context = context;
    this.#sent = sent;
    const { texts } = context.speech;
    this.#files = new Files(context, () => this.#update());
    this.field = h("textarea", { rows: 1, dir: "auto", placeholder: texts.message, "aria-label": texts.message, enterkeyhint: "send" });
    this.field.value = context.memory.get<string>("draft") ?? "";
    this.#go = iconButton(texts.send, ICONS.send, () => this.#send(), { class: "icon go" });
    const pick = this.#picker({ multiple: true });
    const shoot = this.#picker({ accept: "image/*", capture: "environment" });
    const camera = matchMedia("(pointer: coarse)").matches;
    this.element = h(
      "footer",
      {},
      this.#files.element,
      this.#files.error,
      h(
        "div",
        { class: "compose" },
        iconButton(texts.attach, ICONS.attach, () => pick.click()),
        camera && iconButton(texts.camera, ICONS.camera, () => shoot.click()),
        this.field,
        this.#go,
      ),
    );
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("paste", (event) => this.#paste(event));
    this.#update();
  }

  addFiles(files: Iterable<File>): void {
    this.#files.add(files);
  }

  /** The field's height follows its text, up to what the style allows. */
  fit(): void {
    this.field.style.height = "auto";
    if (this.field.scrollHeight) this.field.style.height = `${this.field.scrollHeight + 3}px`;
  }

  #picker(props: Record<string, string | boolean>): HTMLInputElement {
    const input = h("input", { type: "file", ...props });
    input.addEventListener("change", () => {
      this.#files.add(input.files ?? []);
      input.value = "";
    });
    return input;
  }

  #typed(): void {
    this.#asked = false;
    this.#context.memory.set("draft", this.field.value || null);
    if (Date.now() - this.#lastTyping > TYPING_EVERY && this.field.value) {
      this.#lastTyping = Date.now();
      this.#context.visitor.typing();
    }
    this.#update();
  }

  #update(): void {
    const { state } = this.#files;
    const due = this.#asked && state === "ready";
    this.#asked &&= state === "uploading";
    this.#go.setAttribute("aria-disabled", String(this.#asked || !this.#sendable));
    this.fit();
    if (due) this.#send();
  }

  /** Something is there, and none of it failed. */
  get #sendable(): boolean {
    const { state } = this.#files;
    return state === "none" ? this.field.value.trim() !== "" : state !== "failed";
  }

  /** Enter sends, but never while an input method is composing, nor on a touch keyboard without it. */
  #key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #paste(event: ClipboardEvent): void {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    this.#files.add(files);
  }

  #send(): void {
    const { visitor, speech } = this.#context;
    const text = this.field.value.trim();
    if (!this.#sendable) return;
    if (codePoints(text) > LONGEST) {
      this.#files.error.textContent = fill(speech.texts.tooLong, { n: speech.number(LONGEST) });
      return;
    }
    if (this.#files.state === "uploading") {
      this.#asked = true;
      this.#update(); return;
    }
    const { ids, names } = this.#files.take();
    visitor.say({ ...(text && { text }), ...(ids.length && { attachments: ids, files: names }) });
    this.#sent();
    this.field.value = "";
    this.#context.memory.set("draft", null);
    this.#update();
    this.field.focus();
  }
}

/** As the server counts: a character outside the basic plane is one. */
function codePoints(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}
