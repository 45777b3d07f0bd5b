/** Drawings by path data, on a ground of 24 by 24. */
export const chat = ["M21 11.5a8.4 8.4 0 0 1-12 7.6L3.5 21l1.8-5.3A8.4 8.4 0 1 1 21 11.5Z", "M9 11.5h.01M12.8 11.5h.01M16.6 11.5h.01"];
export const down = ["m6 9 6 6 6-6"];
export const close = ["M6 6l12 12M18 6 6 18"];
export const more = ["M12 5h.01M12 12h.01M12 19h.01"];
export const send = ["M12 19V5M6 11l6-6 6 6"];
export const attach = ["M20 11.5l-8.2 8.2a5.3 5.3 0 0 1-7.5-7.5l8.6-8.6a3.5 3.5 0 0 1 5 5l-8.6 8.5a1.8 1.8 0 0 1-2.5-2.5L14.5 7"];
export const camera = ["M4 8h3l2-3h6l2 3h3v11H4Z", "M12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z"];
export const person = ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z", "M4.5 20.5a7.5 7.5 0 0 1 15 0"];
export const bot = ["M6 9h12v10H6ZM12 9V5M12 4.5v.01M9.5 13.5v1M14.5 13.5v1M3 13v2M21 13v2"];
export const search = ["M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z", "m20 20-4-4"];
export const file = ["M7 3h7l5 5v13H7Z", "M14 3v5h5"];
export const info = ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z", "M12 11v5M12 8v.01"];
