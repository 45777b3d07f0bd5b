/** What the launcher says before the panel is loaded, or where it cannot be. */
import type { Tag } from "./tags";

export interface LauncherTexts {
  open: string;
  close: string;
  unreachable: string;
  refused: string;
}

export const LAUNCHER_TEXTS: Record<Tag, LauncherTexts> = {
  en: {
    open: "Chat with us",
    close: "Close the chat",
    unreachable: "The chat can't be loaded right now. Try again in a moment.",
    refused: "This page may not use the chat.",
  },
  "zh-Hans": {
    open: "在线咨询",
    close: "收起聊天",
    unreachable: "聊天暂时打不开，请稍后再试。",
    refused: "这个网页不能使用聊天。",
  },
  "zh-Hant": {
    open: "線上客服",
    close: "收合聊天視窗",
    unreachable: "目前無法開啟聊天，請稍後再試。",
    refused: "這個網頁無法使用聊天。",
  },
  ar: {
    open: "تحدثوا معنا",
    close: "إغلاق المحادثة",
    unreachable: "يتعذر فتح المحادثة الآن. نرجو المحاولة بعد قليل.",
    refused: "لا يمكن استخدام المحادثة في هذه الصفحة.",
  },
};
