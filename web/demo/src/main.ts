/** The shop's pages. They are built before the widget starts, so that it reads the language from the page. */
import { h, icon } from "../../widget/src/drawing";
import { type Locale, LOCALES, type ShopTexts, TEXTS } from "./texts";

const DRAWINGS: string[][] = [
  ["M9 4h6M12 2v2M8 8h8l1 11H7ZM7 19h10v2H7ZM12 11v5M8 8a4 4 0 0 1 8 0"],
  ["M7 8a5 5 0 0 1 10 0v12H7ZM9 4.5V3h6v1.5M9 13h6v4H9ZM7 11H5v7h2M17 11h2v7h-2"],
  ["M6 10h11l-1 10H7ZM17 12h2a2 2 0 0 1 0 5h-2M6 12 3 10M8 10a4 4 0 0 1 7 0M11.5 6V4.5"],
  ["M2 20 12 4l10 16ZM12 4v16M8 20l4-9 4 9"],
];
const KEPT = "funnel-demo-language";

function chosen(): Locale {
  const asked = new URLSearchParams(location.search).get("lang") ?? kept();
  if (asked !== null && asked in LOCALES) return asked as Locale;
  const own = navigator.language.toLowerCase();
  if (own.startsWith("ar")) return "ar";
  if (/^zh-(tw|hk|mo|hant)/.test(own)) return "zh-Hant";
  return own.startsWith("zh") ? "zh-Hans" : "en";
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

const locale = chosen();
const texts: ShopTexts = TEXTS[locale];
const page = document.body.dataset["page"] ?? "index";
const money = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR", maximumFractionDigits: 0 });

function address(name: string): string {
  const path = name === "index" ? "/demo" : `/demo/${name}`;
  return `${path}?lang=${locale}`;
}

function header(): HTMLElement {
  const language = h("select", { "aria-label": texts.language });
  for (const [tag, name] of Object.entries(LOCALES)) language.append(h("option", { value: tag, lang: tag, selected: tag === locale }, name));
  language.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT, language.value);
    } catch {
      // Then the address alone remembers it.
    }
    location.search = `?lang=${language.value}`;
  });
  const links = (Object.keys(texts.nav) as (keyof ShopTexts["nav"])[]).map((name) =>
    h("a", { href: address(name), "aria-current": name === page || (name === "index" && page === "product") ? "page" : null }, texts.nav[name]),
  );
  return h("header", { class: "top" }, h("a", { class: "brand", href: address("index"), lang: "en", dir: "ltr" }, "Harbour & Pine"), h("nav", { "aria-label": "Harbour & Pine" }, ...links), language);
}

function tile(index: number): HTMLElement {
  return h("div", { class: `tile tint${index}` }, icon(...(DRAWINGS[index] ?? [])));
}

function shop(): HTMLElement[] {
  const cards = texts.products.map((product, index) =>
    h("a", { class: "product", href: `${address("product")}&item=${index}` }, tile(index), h("h3", {}, product.name), h("p", {}, product.text), h("b", {}, money.format(product.price))),
  );
  return [h("section", { class: "hero" }, h("h1", {}, texts.welcome), h("p", {}, texts.lead)), h("section", { class: "grid" }, ...cards), guide()];
}

function product(): HTMLElement[] {
  const index = Number(new URLSearchParams(location.search).get("item")) || 0;
  const found = texts.products[index] ?? texts.products[0];
  if (!found) return [];
  return [
    h("section", { class: "detail" }, tile(index), h("div", {}, h("h1", {}, found.name), h("p", { class: "lead" }, found.text), h("p", { class: "price" }, money.format(found.price)),
      h("a", { class: "button", href: address("basket") }, texts.add), h("ul", {}, ...texts.details.map((line) => h("li", {}, line))))),
    guide(),
  ];
}

function basket(): HTMLElement[] {
  const [first, , third] = texts.products;
  const lines = [first, third].flatMap((one) => (one ? [h("tr", {}, h("th", { scope: "row" }, one.name), h("td", {}, money.format(one.price)))] : []));
  const total = (first?.price ?? 0) + (third?.price ?? 0);
  return [
    h("section", { class: "sheet" }, h("h1", {}, texts.basket.title),
      h("table", {}, h("tbody", {}, ...lines, h("tr", {}, h("th", { scope: "row" }, texts.basket.shipping), h("td", {}, texts.basket.free)), h("tr", { class: "total" }, h("th", { scope: "row" }, texts.basket.total), h("td", {}, money.format(total))))),
      h("p", { class: "note" }, texts.basket.note)),
    guide(),
  ];
}

function order(): HTMLElement[] {
  const steps = texts.order.steps.map((step, index) => h("li", { class: index < 3 ? "done" : "", "aria-current": index === 2 ? "step" : null }, step));
  return [h("section", { class: "sheet" }, h("h1", {}, texts.order.title), h("p", {}, texts.order.number), h("ol", { class: "steps" }, ...steps), h("p", { class: "note" }, texts.order.note)), guide()];
}

function returns(): HTMLElement[] {
  return [h("section", { class: "sheet" }, h("h1", {}, texts.returns.title), h("ol", { class: "how" }, ...texts.returns.steps.map((step) => h("li", {}, step))), h("p", { class: "note" }, texts.returns.note)), guide()];
}

/** What to try, and the way to the other side for whoever sits at the machine that runs this. */
function guide(): HTMLElement {
  const ticket = document.body.dataset["ticket"] ?? "";
  const desk = h("form", { method: "post", action: "/demo/desk", target: "_blank", class: "desk" }, h("h2", {}, texts.deskTitle), h("p", {}, texts.deskText),
    h("input", { type: "hidden", name: "ticket", value: ticket }), h("button", { class: "button", type: "submit" }, texts.deskButton));
  return h("section", { class: "guide" }, h("div", {}, h("h2", {}, texts.tryTitle), h("ol", {}, ...texts.tryThese.map((line) => h("li", {}, line)))), ticket !== "" && desk);
}

const PAGES: Record<string, () => HTMLElement[]> = { index: shop, product, basket, order, returns };
document.documentElement.lang = locale;
document.documentElement.dir = locale === "ar" ? "rtl" : "ltr";
// The shop's articles are written for its addresses as they would be outside a demo.
const PLACES: Record<string, string> = { index: "/", product: "/products/lantern", basket: "/basket", order: "/orders/HP-204518", returns: "/returns" };
window.addEventListener("funnel:ready", () => {
  (window as unknown as { Funnel: { page(url: string, title: string): void } }).Funnel.page(location.origin + (PLACES[page] ?? "/"), document.title);
});
document.title = `Harbour & Pine · ${texts.tagline}`;
document.body.prepend(header(), h("main", {}, ...(PAGES[page] ?? shop)()), h("footer", {}, texts.fictional));
