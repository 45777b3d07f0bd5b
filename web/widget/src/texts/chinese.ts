/** Both scripts in one file: half of what the second says, the first has said before it. */
export { texts as simplified } from "./zh-Hans";
export { texts as traditional } from "./zh-Hant";
