/** The panel: phone first, then a card beside the launcher where there is room. */
export const PANEL_CSS = `
.panel{position:fixed;inset-inline:0;inset-block-start:var(--top,0px);height:var(--height,100dvh);display:flex;flex-direction:column;background:var(--surface);color:var(--text);padding:0 env(safe-area-inset-right,0px) 0 env(safe-area-inset-left,0px);
font:16px/1.5 var(--font);overflow:hidden;text-align:start;letter-spacing:normal;color-scheme:var(--scheme);z-index:1;overscroll-behavior:contain;animation:rise .18s ease-out}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
header{display:flex;align-items:center;gap:12px;padding:10px 12px;padding-block-start:calc(10px + env(safe-area-inset-top,0px));padding-inline-start:16px;background:var(--accent);color:var(--on-accent);flex:none}
header .who{flex:1;min-width:0}
h2{margin:0;font-size:17px;line-height:1.3;font-weight:650;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
h2:focus{outline:none}
.sub{font-size:13px;line-height:1.35;margin:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
header :focus-visible{outline-color:var(--on-accent)}
.face{width:40px;height:40px;border-radius:20px;background:#ffffff2e;display:grid;place-items:center;font-weight:700;font-size:17px;flex:none}
.icon{width:44px;height:44px;border-radius:12px;display:grid;place-items:center;flex:none}
.icon:hover{background:#8080802e}
.bar{display:flex;align-items:center;gap:10px;padding:6px 16px;border-block-end:1px solid var(--line);font-size:14px;line-height:1.4;background:var(--ground);flex:none;min-height:48px}
.bar p{margin:0;flex:1;min-width:0}
.bar svg{width:20px;height:20px;color:var(--soft)}
.dot{width:9px;height:9px;border-radius:5px;background:var(--good);flex:none}
.quiet{color:var(--soft)}
.chip{display:inline-flex;align-items:center;gap:8px;min-height:44px;padding:7px 16px;border:1.5px solid var(--link);border-radius:22px;color:var(--link);background:var(--surface);font-size:15px;line-height:1.3;font-weight:550;text-align:start;overflow-wrap:anywhere}
.chip:hover{background:var(--bubble)}
.chip[disabled]{opacity:.55;cursor:default}
.chip svg{width:20px;height:20px}
.bar .chip{min-height:44px;padding-inline:14px;font-size:14px;flex:none;max-width:70%}
.alert{padding:9px 16px;background:var(--warn);color:var(--on-warn);font-size:14px;margin:0;flex:none}
.alert:empty{display:none}
.scroll{flex:1;overflow-y:auto;overflow-x:hidden;overscroll-behavior:contain;padding:16px;display:flex;flex-direction:column;gap:4px;min-height:0}
.scroll:focus-visible{outline-offset:-3px}
.home{display:flex;flex-direction:column;gap:14px}
.home h3{font-size:22px;line-height:1.3;margin:4px 0 0;font-weight:700;text-wrap:balance}
.home .lead{margin:0;color:var(--soft);font-size:15px}
.notice{display:flex;gap:10px;background:var(--warn);color:var(--on-warn);border-radius:14px;padding:12px 14px;font-size:15px}
.notice p{margin:0}
.finder{position:relative}
.finder svg{position:absolute;inset-inline-start:13px;inset-block-start:11px;color:var(--soft);width:22px;height:22px;pointer-events:none}
input,textarea{font:16px/1.5 var(--font);color:var(--text);background:var(--surface);border:1.5px solid var(--field);border-radius:12px;padding:9px 12px;width:100%;min-height:46px;margin:0;appearance:none}
input::placeholder,textarea::placeholder{color:var(--soft);opacity:1}
.panel[dir=rtl] :placeholder-shown{direction:rtl}
input:focus-visible,textarea:focus-visible{outline-offset:0;outline-width:2px}
.finder input{padding-inline:44px;border-radius:23px}
.articles{display:flex;flex-direction:column;border:1px solid var(--line);border-radius:14px;overflow:hidden}
.articles:empty{display:none}
.label{font-size:13px;font-weight:650;color:var(--soft);margin:2px 0 -6px}
details{border-block-end:1px solid var(--line)}
details:last-child{border:0}
summary{padding:11px 14px;min-height:46px;cursor:pointer;font-weight:550;list-style:none;display:flex;align-items:center;gap:10px;font-size:15px;line-height:1.4}
summary::-webkit-details-marker{display:none}
summary span{flex:1}
summary svg{width:18px;height:18px;color:var(--soft);transition:transform .15s}
summary:focus-visible{outline-offset:-3px}
details[open] summary svg{transform:rotate(180deg)}
details .body{padding:0 14px 12px;font-size:15px;color:var(--text)}
a{color:var(--link);text-underline-offset:2px;overflow-wrap:anywhere}
.day,.line{align-self:center;color:var(--soft);font-size:13px;text-align:center;padding:8px 12px;max-width:34em}
.row{display:flex;flex-direction:column;align-items:flex-start;max-width:86%;gap:4px;margin-block-start:8px}
.row.me{align-self:flex-end;align-items:flex-end}
.row.next{margin-block-start:3px}
.name{font-size:13px;color:var(--soft);padding-inline:4px}
.bubble{background:var(--bubble);border-radius:18px;border-end-start-radius:6px;padding:9px 14px;overflow-wrap:anywhere;min-width:0;max-width:100%}
.me .bubble{background:var(--accent);color:var(--on-accent);border-end-start-radius:18px;border-end-end-radius:6px}
.me .bubble a{color:inherit}
.bubble :is(p,ul,ol),.body :is(p,ul,ol){margin:0;unicode-bidi:plaintext;text-align:start}
.whole{white-space:nowrap}
.bubble>*+*,.body>*+*{margin-block-start:8px!important}
:is(.bubble,.body) :is(ul,ol){padding-inline-start:20px;unicode-bidi:isolate}
code{font:14px/1.4 ui-monospace,monospace;background:#8080802b;border-radius:5px;padding:1px 4px}
.old .bubble{opacity:.6}
.gone{font-style:italic;color:var(--soft);background:none;border:1px dashed var(--line)}
.meta{font-size:12.5px;color:var(--soft);padding-inline:4px;display:flex;gap:10px;align-items:center;flex-wrap:wrap}
.meta.bad{color:var(--bad)}
.meta button{text-decoration:underline;min-height:44px;padding-inline:6px;font-weight:600}
.chips{display:flex;flex-wrap:wrap;gap:8px;margin-block:4px}
.extra{border:1px solid var(--line);border-radius:14px;padding:10px 14px;display:flex;flex-direction:column;gap:6px;font-size:14px;width:100%}
.extra p{margin:0}
.sources{color:var(--soft)}
.verdict{display:flex;align-items:center;gap:8px;flex-wrap:wrap}
.verdict .chip{min-width:56px;justify-content:center;padding-inline:12px;font-size:14px}
.photo{display:block;width:fit-content;max-width:100%;padding:0;border-radius:16px;overflow:hidden;border:1px solid var(--line);background:var(--bubble)}
.photo img{display:block;max-width:240px;max-height:240px;min-width:60px;min-height:44px;object-fit:cover}
.filelink{display:flex;align-items:center;gap:8px;min-height:44px;text-align:start;overflow-wrap:anywhere}
.card{align-self:stretch;border:1px solid var(--line);border-radius:16px;padding:14px;margin-block:8px;display:flex;flex-direction:column;gap:10px;background:var(--surface)}
.card h3{margin:0;font-size:16px;font-weight:650}
.card p{margin:0;font-size:14.5px}
.stars{display:grid;grid-template-columns:repeat(5,1fr);gap:6px}
.stars button{border:1.5px solid var(--field);border-radius:12px;min-height:64px;padding:6px 2px;font-size:12.5px;line-height:1.2;text-align:center;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:3px;overflow-wrap:anywhere}
.stars b{font-size:19px;line-height:1.2}
.stars [aria-checked=true]{background:var(--accent);color:var(--on-accent);border-color:var(--accent)}
.solid{background:var(--accent);color:var(--on-accent);border-radius:22px;min-height:44px;padding:8px 20px;font-weight:600;align-self:flex-start;font-size:15px}
.solid[disabled]{opacity:.55}
.fields{display:flex;flex-direction:column;gap:10px}
label{font-size:14px;font-weight:550;display:flex;flex-direction:column;gap:4px}
.error{color:var(--bad);font-size:14px;margin:0 0 6px}
.error:empty{display:none}
footer{border-block-start:1px solid var(--line);padding:10px 12px;padding-block-end:calc(10px + env(safe-area-inset-bottom,0px));background:var(--surface);flex:none}
.compose{display:flex;align-items:flex-end;gap:4px}
.compose textarea{flex:1;resize:none;max-height:140px;border-radius:23px;padding-inline:16px;overflow-y:auto;min-width:0}
.compose .go{background:var(--accent);color:var(--on-accent);border-radius:23px;width:46px;height:46px;margin-inline-start:4px}
.compose .go[aria-disabled=true]{background:var(--bubble);color:var(--soft)}
.files{display:flex;flex-direction:column;gap:6px;padding-block-end:8px}
.files:empty{display:none}
.file{display:grid;grid-template-columns:auto 1fr auto auto;align-items:center;gap:4px 10px;background:var(--bubble);border-radius:12px;padding-inline-start:12px;font-size:14px}
.file span{min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.file progress{grid-column:1/-1;width:calc(100% - 12px);height:5px;margin-block-end:8px;accent-color:var(--link)}
.file .again{min-height:44px;text-decoration:underline;font-weight:600}
.typing{color:var(--soft);font-size:14px;padding:4px;min-height:29px}
.menu{position:absolute;inset-block-start:calc(62px + env(safe-area-inset-top,0px));inset-inline-end:10px;background:var(--surface);color:var(--text);border:1px solid var(--line);border-radius:14px;box-shadow:0 12px 32px #0b143340;padding:6px;z-index:2;min-width:240px;max-width:calc(100% - 20px)}
.menu button{display:flex;align-items:center;gap:10px;width:100%;min-height:46px;padding:8px 12px;border-radius:10px;font-size:15px}
.menu button:hover{background:var(--bubble)}
.menu [aria-checked]::after{content:"";margin-inline-start:auto;width:38px;height:22px;border-radius:11px;background:radial-gradient(circle at 11px 11px,#fff 8px,#0000 8.5px) 0 0 no-repeat,var(--field);flex:none}
.menu [aria-checked=true]::after{background:radial-gradient(circle at 27px 11px,#fff 8px,#0000 8.5px) 0 0 no-repeat,var(--good)}
.panel:dir(rtl) .menu [aria-checked]::after{transform:scaleX(-1)}
.dropping::after{content:attr(data-drop);position:absolute;inset:8px;border:3px dashed var(--link);border-radius:16px;background:var(--surface);opacity:.96;display:grid;place-items:center;font-weight:650;z-index:3;text-align:center}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (min-width:481px) and (min-height:420px){
.panel{inset-inline:auto var(--funnel-offset-x,20px);inset-block:auto calc(var(--funnel-offset-y,20px) + 74px + env(safe-area-inset-bottom,0px));padding:0;width:400px;max-width:calc(100vw - 40px);height:min(680px,calc(100dvh - 120px));
border-radius:20px;border:1px solid var(--line);box-shadow:0 4px 12px #0b14331f,0 20px 60px #0b143340}
.start .panel{inset-inline:var(--funnel-offset-x,20px) auto}
}
@media (max-width:480px),(max-height:419px){.isopen .launcher{display:none}}
@media (max-height:380px){header{padding-block:4px}.face{display:none}.bar{padding-block:2px}footer{padding-block:4px}}
@media (forced-colors:active){.bubble,.solid,.panel{border:1px solid CanvasText}}
`;
