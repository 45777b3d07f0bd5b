import { expect, test } from "vitest";
import { marked, transcript } from "./transcript";

test("a pasted conversation gives the contact's turns, the last one to judge", () => {
  expect(transcript("Visitor: hi\nBot: Hello!\n客户：退款多久？\n\nالموظف: أهلا\nwhere is it?")).toEqual({ turns: ["hi", "退款多久？"], text: "where is it?", left: 2 });
  expect(transcript("just one")).toEqual({ turns: [], text: "just one", left: 0 });
  expect(transcript("  \n ")).toEqual({ turns: [], text: "", left: 0 });
  expect(transcript(Array.from({ length: 600 }, (_, at) => `m${at}`).join("\n")).turns).toHaveLength(500);
});

test("evidence is marked by code points, also where spans overlap", () => {
  const pieces = marked("😡😡 bad bot", [{ start: 0, end: 2, name: "anger" }, { start: 3, end: 10, name: "abuse" }, { start: 3, end: 6, name: "anger" }]);
  expect(pieces).toEqual([{ text: "😡😡", names: ["anger"] }, { text: " ", names: [] }, { text: "bad", names: ["abuse", "anger"] }, { text: " bot", names: ["abuse"] }]);
  expect(marked("", [])).toEqual([]);
});
