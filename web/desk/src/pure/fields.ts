/** What set-up forms make of typed lists, and the tag that a site puts into its pages. */

/** One value a line; commas and spaces part values too. */
export function lines(text: string): string[] {
  return [...new Set(text.split(/[\s,，、]+/).map((line) => line.trim().replace(/\/+$/, "")).filter(Boolean))];
}

export function localeTags(text: string): string[] {
  return [...new Set(text.split(/[\s,，、]+/).map((tag) => tag.trim()).filter(Boolean))];
}

/** The widget's script tag. A key has only letters, digits, - and _, so nothing in it can end the attribute. */
export function scriptTag(origin: string, key: string): string {
  const safe = /^[\w-]+$/.test(key) ? key : "";
  return `<script defer src="${origin}/widget.js" data-site="${safe}"></script>`;
}
