import { expect, test } from "vitest";
import { onlyAt, placeOf, placed, refused, within } from "./findings";

test("a refused field is named by its place in the document", () => {
  expect(placeOf("rules.3.when.all.all.1.fact.gte")).toBe("rules.3.when.all.1");
  expect(placeOf("rules.0.unless.any.any.2.not.not.fact.matches")).toBe("rules.0.unless.any.2.not");
  expect(placeOf("rules.0.when.at_least.of.1.fact.?")).toBe("rules.0.when.of.1");
  expect(placeOf("rules.2.then.human.queue")).toBe("rules.2.then.human.queue");
  expect(placeOf("")).toBe("");
});

test("findings are shown where they belong, once", () => {
  const found = [
    ...placed([{ code: "no_test", level: "warning", detail: "…", rule: "a", at: "rules.1" }, { code: "endless", level: "error", detail: "…", rule: null, at: null }]),
    ...refused([{ field: "rules.1.when.fact.gte", code: "missing" }, { field: "rules.10.description", code: "missing" }]),
  ];
  expect(within(found, "rules.1").map((one) => one.code)).toEqual(["no_test", "missing"]);
  expect(onlyAt(found, "rules.1").map((one) => one.code)).toEqual(["no_test"]);
  expect(within(found, "rules.1.when").map((one) => one.at)).toEqual(["rules.1.when"]);
});
