/** A pasted conversation as turns of the contact: one message a line, speakers by their names, what others said left out. Pure. */

const CONTACT = /^(?:visitor|customer|client|contact|user|me|访客|訪客|客户|客戶|顾客|顧客|用户|我|الزائر|العميل|الزبون|أنا)\s*[:：]\s*/iu;
const OTHER = /^(?:bot|assistant|agent|support|system|机器人|機器人|助手|客服|系统|系統|المساعد|الموظف|الدعم|النظام)\s*[:：]/iu;
const MOST = 500;

export interface Transcript {
  turns: string[];
  text: string;
  left: number;
}

/** The last message is judged, those before it lead up to it; `left` counts lines of others. */
export function transcript(pasted: string): Transcript {
  const lines = pasted.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  const own = lines.filter((line) => !OTHER.test(line)).map((line) => line.replace(CONTACT, "").trim()).filter(Boolean);
  return { turns: own.slice(0, -1).slice(-MOST), text: own.at(-1) ?? "", left: lines.length - own.length };
}

/** A text in pieces: those that something points to carry its names. Spans are code points, half-open; they may overlap. */
export function marked(text: string, spans: readonly { start: number; end: number; name: string }[]): { text: string; names: string[] }[] {
  const points = Array.from(text);
  const edges = [...new Set([0, points.length, ...spans.flatMap((one) => [one.start, one.end])])].filter((edge) => edge >= 0 && edge <= points.length).sort((a, b) => a - b);
  return edges.slice(0, -1).map((start, at) => {
    const end = edges[at + 1] ?? points.length;
    const names = spans.filter((one) => one.start < end && one.end > start).map((one) => one.name);
    return { text: points.slice(start, end).join(""), names: [...new Set(names)] };
  });
}
