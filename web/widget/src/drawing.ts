/** Building nodes without markup: text is always text. */

type Child = Node | string | false | null | undefined;
export type Props = Record<string, string | boolean | number | null | undefined | ((event: never) => void)>;

const SVG = "http://www.w3.org/2000/svg";

/** An element. `on…` props are listeners, `true` an empty attribute; false, null and undefined leave it out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (element instanceof HTMLButtonElement) element.type = "button";
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  add(element, children);
  return element;
}

export function add(parent: ParentNode, children: Child[]): void {
  for (const child of children) if (child) parent.append(child);
}

/** A drawing from path data, hidden from assistive technology: the button around it has the name. */
export function icon(...paths: string[]): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
