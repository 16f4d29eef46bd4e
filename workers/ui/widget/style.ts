// How the window looks. Colours are named once and follow the page's theme or the system's; sizes are in pixels, since a
// page's own root size is none of ours.

export const STYLE = `
.panel { all: initial; color-scheme: light dark;
  --accent: var(--minnow-accent, light-dark(#0d5c63, #5fd0c5));
  --on-accent: var(--minnow-on-accent, light-dark(#fff, #06201f));
  --sheet: var(--minnow-surface, light-dark(#fff, #101c1e));
  --sunk: var(--minnow-sunk, light-dark(#f2f6f5, #0b1516));
  --ink: var(--minnow-ink, light-dark(#13282a, #e2efed));
  --soft: var(--minnow-soft, light-dark(#4c6466, #9bb5b4));
  --line: var(--minnow-line, light-dark(#d9e4e2, #223639));
  --asked: var(--minnow-question, light-dark(#e1efed, #17393b));
  --bad: light-dark(#a8321f, #ff9d8a);
  --radius: var(--minnow-radius, 16px);
  position: relative; display: flex; flex-direction: column; box-sizing: border-box; overflow: hidden;
  inline-size: 100%; block-size: 100%; min-inline-size: 0;
  color: var(--ink); background: var(--sheet); border: 1px solid var(--line); border-radius: var(--radius);
  font: 400 15px/1.5 var(--minnow-font, system-ui, "Segoe UI", Roboto, sans-serif);
  -webkit-text-size-adjust: 100%; text-align: start; }
.panel *, .panel *::before, .panel *::after { box-sizing: border-box; }
.panel [hidden] { display: none !important; }
:host([theme=light]) .panel { color-scheme: light; }
:host([theme=dark]) .panel { color-scheme: dark; }
:host([launcher]) .panel { position: fixed; z-index: 2147483001;
  inset-block-end: calc(88px + env(safe-area-inset-bottom, 0px)); inset-inline-end: 20px;
  inline-size: min(400px, calc(100vw - 40px)); block-size: min(640px, calc(100dvh - 112px));
  box-shadow: 0 2px 6px rgb(0 20 22 / .12), 0 18px 48px rgb(0 20 22 / .24); }
:host([side=left]) .panel { left: 20px; right: auto; }
:host([side=right]) .panel { right: 20px; left: auto; }
:host([launcher][data-size=large]) .panel { inline-size: min(720px, calc(100vw - 40px)); block-size: calc(100dvh - 112px); }
:host([data-size=large]:not([launcher])) { block-size: max(var(--minnow-height, 560px), 85dvh) !important; }
:host([data-size=full]) .panel { position: fixed; inset: 0; z-index: 2147483002; inline-size: auto; block-size: auto; border: 0; border-radius: 0; }
:host([data-size=full]) .larger { display: none; }
@media (max-width: 480px) {
  :host([launcher]) .panel, :host([launcher][data-size=large]) .panel { inset: 0; inline-size: auto; block-size: auto; border: 0; border-radius: 0; z-index: 2147483002; }
  .larger, :host([launcher]) .fuller { display: none !important; }
}
button, textarea { all: unset; box-sizing: border-box; font: inherit; color: inherit; }
button { cursor: pointer; -webkit-tap-highlight-color: transparent; }
button:disabled { cursor: default; opacity: .45; }
:focus-visible { outline: 2px solid var(--accent) !important; outline-offset: 2px; }
svg { display: block; inline-size: 20px; block-size: 20px; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; pointer-events: none; }
[dir=rtl] .head button:first-child svg { transform: scaleX(-1); }
h2, .entry span, .suggestions button { text-align: match-parent; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; margin: 0; }
.head { display: flex; align-items: center; gap: 2px; padding: 8px; border-block-end: 1px solid var(--line); flex: none; }
.head h2 { flex: 1; min-inline-size: 0; margin: 0; padding-inline: 8px; font-size: 15px; font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.head button, .tools button, .row > button:not(.send), .past li > button:last-child, .asked > button {
  display: grid; place-items: center; inline-size: 36px; block-size: 36px; border-radius: 9px; color: var(--soft); flex: none; }
.head button:hover, .tools button:hover, .row > button:not(.send):hover, .past li > button:hover, .asked > button:hover { background: var(--sunk); color: var(--ink); }
.log-frame { flex: 1; min-block-size: 0; position: relative; display: flex; }
.log { flex: 1; min-inline-size: 0; overflow: auto; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.log:focus-visible { outline-offset: -3px; }
.turns { max-inline-size: 760px; margin-inline: auto; padding: 16px; min-block-size: 100%; display: flex; flex-direction: column; gap: 20px; }
.welcome { margin-block: auto; }
.greeting { margin: 0; font-size: 20px; line-height: 1.35; font-weight: 600; }
.try { margin: 20px 0 8px; color: var(--soft); font-size: 13px; }
.suggestions { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; gap: 8px; }
.suggestions button { display: block; inline-size: 100%; padding: 10px 14px; border: 1px solid var(--line); border-radius: 12px; color: var(--ink); overflow-wrap: anywhere; }
.suggestions button:hover { border-color: var(--accent); background: var(--sunk); }
.turn { display: flex; flex-direction: column; gap: 12px; }
.asked { display: flex; justify-content: flex-end; align-items: center; gap: 4px; }
.asked > button { opacity: 0; }
.turn:hover .asked > button, .asked > button:focus-visible { opacity: 1; }
@media (hover: none) { .asked > button { opacity: 1; } }
.bubble { max-inline-size: 85%; min-inline-size: 0; padding: 9px 14px; background: var(--asked); border-radius: 16px; border-end-end-radius: 5px; overflow-wrap: anywhere; }
.bubble p { margin: 0; white-space: pre-wrap; }
.bubble canvas { display: block; block-size: 128px; max-inline-size: 100%; object-fit: cover; border-radius: 10px; margin-block: 4px 6px; }
.answered { min-inline-size: 0; }
.text { overflow-wrap: anywhere; }
.text > :first-child { margin-block-start: 0; }
.text > :last-child { margin-block-end: 0; }
.text p, .text ul, .text ol, .text blockquote, .text .table, .text .code { margin: 0 0 12px; }
.text h3, .text h4, .text h5 { margin: 20px 0 8px; font-size: 16px; line-height: 1.35; font-weight: 650; }
.text h4, .text h5 { font-size: 15px; }
.text ul, .text ol { padding-inline-start: 22px; }
.text li { margin-block: 3px; }
.text li > p { margin: 0; }
.text li::marker { color: var(--soft); }
.text blockquote { padding-inline-start: 12px; border-inline-start: 3px solid var(--line); color: var(--soft); }
.text a { color: var(--accent); text-decoration: underline; text-underline-offset: 2px; }
.text hr { border: 0; border-block-start: 1px solid var(--line); margin-block: 16px; }
.text code { font: 13px/1.55 var(--minnow-mono, ui-monospace, Menlo, Consolas, monospace); background: var(--sunk); border-radius: 5px; padding: 1.5px 5px; }
.code { background: var(--sunk); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; text-align: left; }
.bar { display: flex; justify-content: space-between; align-items: center; padding: 3px 4px 3px 12px; font-size: 12px; color: var(--soft); border-block-end: 1px solid var(--line); }
.copy-code { padding: 4px 10px; border-radius: 7px; font-size: 12px; }
.copy-code:hover { background: var(--sheet); color: var(--ink); }
.copy-code[data-done]::after { content: " ✓"; }
.code pre { margin: 0; padding: 10px 12px; overflow: auto; scrollbar-width: thin; }
.code pre:focus-visible { outline-offset: -3px; }
.code code { background: none; padding: 0; white-space: pre; }
.table { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; }
.text table { border-collapse: collapse; inline-size: max-content; min-inline-size: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
.text th, .text td { padding: 7px 12px; text-align: start; border-block-end: 1px solid var(--line); vertical-align: top; max-inline-size: 260px; }
.text th { font-weight: 600; background: var(--sunk); white-space: nowrap; }
.text tbody tr:last-child td { border-block-end: 0; }
.text [data-align=right] { text-align: end; }
.text [data-align=center] { text-align: center; }
.wait { display: flex; gap: 5px; margin: 0; block-size: 22px; align-items: center; }
.wait i { inline-size: 7px; block-size: 7px; border-radius: 50%; background: var(--soft); opacity: .4; }
.note { margin: 6px 0 0; color: var(--soft); font-size: 13.5px; }
[data-state=failed] .note { color: var(--bad); font-weight: 550; }
.quiet { margin-block-start: 8px; padding: 6px 12px; border: 1px solid var(--line); border-radius: 9px; font-size: 14px; }
.quiet:hover { border-color: var(--accent); }
.tools { display: flex; align-items: center; flex-wrap: wrap; gap: 0; margin-block-start: 4px; color: var(--soft); }
.tools svg { inline-size: 17px; block-size: 17px; }
.tools button { inline-size: 32px; block-size: 32px; }
.tools button[aria-pressed=true] { color: var(--accent); }
.tools button[aria-pressed=true] svg { fill: color-mix(in srgb, var(--accent) 22%, transparent); }
.route { font-size: 12px; margin-inline-end: 6px; }
.down { position: absolute; inset-block-end: 10px; inset-inline: 0; margin-inline: auto; display: grid; place-items: center; inline-size: 34px; block-size: 34px; border-radius: 50%; background: var(--sheet); border: 1px solid var(--line); box-shadow: 0 2px 8px rgb(0 20 22 / .16); }
.foot { flex: none; padding: 0 12px calc(8px + env(safe-area-inset-bottom, 0px)); }
.status { margin: 0 4px 6px; padding: 6px 10px; border-radius: 9px; background: var(--sunk); color: var(--ink); font-size: 13px; }
.composer { display: block; max-inline-size: 760px; margin-inline: auto; border: 1px solid var(--line); border-radius: 16px; background: var(--sheet); padding: 4px; }
.composer:focus-within { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.row { display: flex; align-items: flex-end; gap: 2px; }
.row textarea { flex: 1; min-inline-size: 0; padding: 7px 10px; line-height: 22px; min-block-size: 36px; max-block-size: 160px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; scrollbar-width: thin; font-size: 16px; cursor: text; }
.row textarea:focus-visible { outline: none !important; }
.row textarea::placeholder { color: var(--soft); opacity: 1; }
.send { display: grid; place-items: center; inline-size: 36px; block-size: 36px; border-radius: 12px; background: var(--accent); color: var(--on-accent); flex: none; }
.send:disabled { background: var(--sunk); color: var(--soft); opacity: 1; }
.strip { display: flex; gap: 8px; padding: 6px 6px 2px; flex-wrap: wrap; }
.picture { position: relative; display: block; }
.picture canvas { display: block; inline-size: 56px; block-size: 56px; object-fit: cover; border-radius: 9px; border: 1px solid var(--line); }
.picture button { position: absolute; inset-block-start: -7px; inset-inline-end: -7px; display: grid; place-items: center; inline-size: 24px; block-size: 24px; border-radius: 50%; background: var(--ink); color: var(--sheet); }
.picture button svg { inline-size: 13px; block-size: 13px; }
.editing { display: flex; align-items: center; justify-content: space-between; padding: 4px 4px 4px 10px; color: var(--soft); font-size: 13px; }
.editing .quiet { margin: 0; padding: 2px 10px; font-size: 13px; }
.wrong { margin: 6px 0 0; text-align: center; font-size: 12px; line-height: 1.35; color: var(--soft); }
.past { flex: 1; overflow: auto; padding: 8px; scrollbar-width: thin; }
.past ul { list-style: none; margin: 0 auto; padding: 0; max-inline-size: 760px; }
.past li { display: flex; align-items: center; border-radius: 11px; }
.past .note { padding: 12px; }
.entry { flex: 1; min-inline-size: 0; padding: 9px 12px; border-radius: 11px; display: block; }
.entry:hover, .entry[aria-current] { background: var(--sunk); }
.entry span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.entry time { font-size: 12.5px; color: var(--soft); }
@media (prefers-reduced-motion: no-preference) {
  :host([launcher]) .panel { animation: rise .18s cubic-bezier(.2, .7, .3, 1); }
  .wait i { animation: wait 1.1s infinite ease-in-out; }
  .wait i:nth-of-type(2) { animation-delay: .14s; }
  .wait i:nth-of-type(3) { animation-delay: .28s; }
  button { transition: background-color .12s, color .12s; }
}
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@keyframes wait { 40% { opacity: 1; } }
@media (forced-colors: active) { .send, .bubble, .composer { border: 1px solid CanvasText; } }
`
