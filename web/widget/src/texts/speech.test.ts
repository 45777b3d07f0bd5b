import { describe, expect, it } from "vitest";
import { borrow } from "../dom";
import { h, icon } from "../drawing";
import { fill, load, Speech } from "./speech";
import { regional } from "./region";
import { tagFor, type Tag } from "./tags";
import { BETWEEN, CATEGORIES, NAMES } from "./texts";

borrow({ h, icon, tagFor });

const TAGS: Tag[] = ["en", "zh-Hans", "zh-Hant", "ar"];
const NOON = Date.parse("2026-03-10T12:00:00");
const bare = (text: string): string => text.replace(/[\u2066-\u2069]/g, "");

async function speech(tag: Tag, region: string = tag): Promise<Speech> {
  return new Speech(tag, await load(tag), region, () => NOON);
}

function names(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "").sort();
}

describe("catalogues", () => {
  it.each(TAGS)("%s names the same values as English, in every text", async (tag) => {
    const english = await load("en");
    const other = await load(tag);
    for (const path of NAMES) {
      const [text, base] = [other[path], english[path]];
      // The other forms of a plural may leave the number out: the word for "one" or "two" says it.
      const [said, meant] = [text, base].map((all) => names(all.split(BETWEEN).at(-1) ?? ""));
      expect([path, said]).toEqual([path, meant]);
    }
  });

  it("has every form that Arabic counts with", async () => {
    const { found } = await load("ar");
    const needed = new Set([0, 1, 2, 3, 11, 100].map((count) => new Intl.PluralRules("ar").select(count)));
    for (const form of needed) expect(found.split(BETWEEN)[CATEGORIES.indexOf(form)]).toBeTruthy();
  });
});

describe("Speech", () => {
  it("isolates what is put in, and leaves nothing where a value is missing", () => {
    expect(fill("Chat with {site}", { site: "Ada" })).toBe("Chat with \u2068Ada\u2069");
    expect(bare(fill("{name}{other}", { name: "<b>" }))).toBe("<b>");
  });

  it("counts as each language counts", async () => {
    const arabic = await speech("ar", "ar-EG");
    expect([1, 2, 3, 11].map((count) => bare(arabic.count(arabic.texts.found, count)))).toEqual(["مقال واحد", "مقالان", "٣ مقالات", "١١ مقالًا"]);
    const english = await speech("en");
    expect([1, 2].map((count) => bare(english.count(english.texts.found, count)))).toEqual(["1 article found", "2 articles found"]);
  });

  it("says a moment as people say it, by the clock that is handed in", async () => {
    const english = await speech("en", "en-GB");
    expect(bare(english.when("2026-03-10T15:30:00"))).toBe("today at 15:30");
    expect(bare(english.when("2026-03-11T10:00:00"))).toBe("tomorrow at 10:00");
    expect(bare(english.when("2026-03-13T10:00:00"))).toBe("on Friday at 10:00");
    expect(bare(english.when("2026-04-13T10:00:00"))).toBe("on 13 April at 10:00");
    expect([english.day("2026-03-10T00:10:00"), english.day("2026-03-09T23:50:00")]).toEqual(["Today", "Yesterday"]);
  });

  it("rounds lengths of time up, and sizes to what one would say", async () => {
    const english = await speech("en");
    expect([20, 61, 5400, 200_000].map((seconds) => english.duration(seconds))).toEqual(["1 minute", "2 minutes", "2 hours", "3 days"]);
    expect([1, 2048, 1_500_000].map((bytes) => english.size(bytes))).toEqual(["1 kB", "2 kB", "1.5 MB"]);
  });
});

describe("tags", () => {
  it.each([
    ["zh-CN", "zh-Hans"], ["zh", "zh-Hans"], ["zh_TW", "zh-Hant"], ["zh-Hant-HK", "zh-Hant"], ["ar-EG", "ar"], ["arz", "en"], ["fr", "en"], ["", "en"],
  ])("%s is read in %s", (locale, tag) => {
    expect(tagFor(locale)).toBe(tag);
  });

  it("takes dates and numerals from the reader's own region, where it is of the same language", () => {
    expect(regional("ar", ["fr-FR", "ar-EG", "ar"])).toBe("ar-EG");
    expect(regional("ar", ["en-US"])).toBe("ar");
    expect(regional("en", ["fr-FR", "en-GB"])).toBe("en-GB");
    expect(regional("en", ["not a tag at all"])).toBe("en");
  });
});
