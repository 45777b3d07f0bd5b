/** Files on their way: checked here in words, uploaded with progress, kept until the message is sent. */
import { ApiError } from "@funnel/shared/client/rest";
import type { Context } from "./context";
import { h, icon, iconButton } from "./dom";
import * as ICONS from "./icons";
import { fill } from "./texts/speech";

const MOST_MEGABYTES = 10;
const MOST_FILES = 10;

interface Picked {
  file: File;
  name: string;
  uploadId: string | null;
  /** Whether it failed, and whether another try may do. */
  failed: "no" | "again" | "refused";
  stop: AbortController;
  element: HTMLElement;
}

export class Files {
  readonly element = h("div", { class: "files" });
  readonly error = h("p", { class: "error", role: "alert" });
  readonly #context: Context;
  readonly #changed: () => void;
  #picked: Picked[] = [];

  constructor(context: Context, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
  }

  /** Whether anything is chosen, whether all of it has arrived, and whether something waits for a decision. */
  get state(): "none" | "uploading" | "failed" | "ready" {
    if (this.#picked.length === 0) return "none";
    if (this.#picked.some((one) => one.failed !== "no")) return "failed";
    return this.#picked.every((one) => one.uploadId !== null) ? "ready" : "uploading";
  }

  add(files: Iterable<File>): void {
    const { speech } = this.#context;
    const { texts } = speech;
    const wrong: string[] = [];
    for (const file of files) {
      const name = file.name || `photo.${file.type.split("/")[1] ?? "bin"}`;
      if (this.#picked.length >= MOST_FILES) wrong.push(fill(texts.fileMany, { n: speech.number(MOST_FILES) }));
      else if (file.size === 0) wrong.push(fill(texts.fileEmpty, { name }));
      else if (file.size > MOST_MEGABYTES * 2 ** 20) wrong.push(fill(texts.fileLarge, { name, n: speech.number(MOST_MEGABYTES) }));
      else this.#start(file, name);
    }
    this.#say([...new Set(wrong)].join(" "));
  }

  /** Hands over what has arrived and starts anew. */
  take(): { ids: string[]; names: string[] } {
    const ready = this.#picked.filter((one) => one.uploadId !== null);
    this.#picked = this.#picked.filter((one) => one.uploadId === null);
    this.element.replaceChildren(...this.#picked.map((one) => one.element));
    this.#say("");
    return { ids: ready.map((one) => one.uploadId ?? ""), names: ready.map((one) => one.name) };
  }

  #start(file: File, name: string): void {
    const picked: Picked = { file, name, uploadId: null, failed: "no", stop: new AbortController(), element: h("div", { class: "file" }) };
    this.#picked.push(picked);
    this.element.append(picked.element);
    void this.#upload(picked);
  }

  async #upload(picked: Picked): Promise<void> {
    const { visitor, speech } = this.#context;
    const bar = h("progress", { max: 1, value: 0, "aria-label": fill(speech.texts.uploading, { name: picked.name }) });
    picked.failed = "no";
    this.#draw(picked, bar);
    try {
      if (!visitor.session) await visitor.open();
      picked.uploadId = await visitor.upload(picked.file, picked.name, (share) => (bar.value = share), picked.stop.signal);
    } catch (error) {
      if (picked.stop.signal.aborted) return;
      picked.failed = error instanceof ApiError && !error.transient ? "refused" : "again";
      this.#say(fill(this.#reason(error), { name: picked.name, n: speech.number(MOST_MEGABYTES) }));
    }
    this.#draw(picked, null);
  }

  #reason(error: unknown): string {
    const { texts } = this.#context.speech;
    if (!(error instanceof ApiError)) return texts.fileFailed;
    if (error.status === 413) return texts.fileLarge;
    if (error.code === "file_empty") return texts.fileEmpty;
    if (error.status === 429) return texts.tooFast;
    return error.transient ? texts.fileFailed : texts.fileType;
  }

  #draw(picked: Picked, bar: HTMLElement | null): void {
    const { texts } = this.#context.speech;
    const again = h("button", { class: "again", onclick: () => void this.#upload(picked) }, texts.again);
    const remove = iconButton(fill(texts.remove, { name: picked.name }), ICONS.close, () => this.#remove(picked));
    picked.element.replaceChildren(icon(...ICONS.file), h("span", { dir: "auto" }, picked.name), picked.failed === "again" ? again : h("i", {}), remove, bar ?? "");
    this.#changed();
  }

  #remove(picked: Picked): void {
    picked.stop.abort();
    this.#picked = this.#picked.filter((one) => one !== picked);
    picked.element.remove();
    this.#say("");
    this.#changed();
  }

  #say(text: string): void {
    this.error.textContent = text;
    this.#changed();
  }
}
