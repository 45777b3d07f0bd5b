/** What the launcher needs at first paint. Everything is logical: one sheet serves both directions. */
export const LAUNCHER_CSS = `
:host{--accent:var(--funnel-accent,#2b50c8);--on-accent:var(--funnel-on-accent,#fff);--surface:var(--funnel-surface,#fff);
--ground:var(--funnel-ground,#f6f7fb);--text:var(--funnel-text,#1a1d29);--soft:var(--funnel-soft,#5b6172);--line:var(--funnel-line,#dfe2ec);
--field:#82889b;--bubble:var(--funnel-bubble,#eceff7);--good:#1d7a46;--bad:#b3261e;--warn:#fff4d6;--on-warn:#5c4300;--link:var(--funnel-accent,#2b50c8);
--font:var(--funnel-font,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans Arabic",sans-serif);
--scheme:light}
:host([data-theme=dark]){--surface:var(--funnel-surface-dark,#1b1e28);--ground:var(--funnel-ground-dark,#14161e);--text:var(--funnel-text-dark,#eceef5);
--soft:var(--funnel-soft-dark,#a6adbf);--line:var(--funnel-line-dark,#343947);--field:#7d8498;--bubble:var(--funnel-bubble-dark,#2a2f3c);
--good:#6fd39b;--bad:#ff9d94;--warn:#3d3210;--on-warn:#ffe6a3;--link:var(--funnel-link-dark,#9db6ff);--scheme:dark}
*{box-sizing:border-box}
[hidden]{display:none!important}
button{font:inherit;color:inherit;background:none;border:0;padding:0;margin:0;cursor:pointer;text-align:inherit;-webkit-tap-highlight-color:transparent}
svg{width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round;flex:none;display:block}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.launcher{position:fixed;inset-block-end:calc(var(--funnel-offset-y,20px) + env(safe-area-inset-bottom,0px));inset-inline-end:calc(var(--funnel-offset-x,20px) + env(safe-area-inset-right,0px));
width:60px;height:60px;border-radius:30px;background:var(--accent);color:var(--on-accent);display:grid;place-items:center;font:600 15px/1.3 var(--font);
box-shadow:0 1px 2px #0b143333,0 8px 24px #0b143340;transition:transform .16s,box-shadow .16s}
.launcher:hover{transform:translateY(-2px);box-shadow:0 2px 4px #0b143333,0 12px 30px #0b14334d}
.launcher:focus-visible{outline:3px solid var(--text);outline-offset:3px}
.launcher svg{width:28px;height:28px}
.start .launcher{inset-inline:calc(var(--funnel-offset-x,20px) + env(safe-area-inset-left,0px)) auto}
.badge{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-width:22px;height:22px;border-radius:11px;padding:0 6px;background:#c4231a;color:#fff;
font:700 13px/22px var(--font);text-align:center;border:0;box-shadow:0 0 0 2px #fff}
.tip{position:fixed;inset-block-end:calc(var(--funnel-offset-y,20px) + 72px);inset-inline-end:var(--funnel-offset-x,20px);max-width:240px;background:var(--surface);color:var(--text);
font:14px/1.45 var(--font);padding:10px 14px;border-radius:12px;border:1px solid var(--line);box-shadow:0 8px 24px #0b143333}
.start .tip{inset-inline:var(--funnel-offset-x,20px) auto}
@media (prefers-reduced-motion:reduce){*{transition:none!important;animation:none!important;scroll-behavior:auto!important}}
@media (forced-colors:active){.launcher,.badge{border:2px solid ButtonText}}
`;
