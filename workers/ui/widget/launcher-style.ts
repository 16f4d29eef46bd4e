// How the element and its launcher look. Nothing of the page's own styles comes in: what would be inherited is set back at
// the first box inside, and what would change how the whole looks is overruled. Where it stands and how large it is, is
// the page's to say, where it stands in the page; of the launcher it can say nothing.

export const LAUNCHER_STYLE = `
:host { display: block; position: relative; box-sizing: border-box;
  inline-size: var(--minnow-width, 100%); block-size: var(--minnow-height, 560px);
  opacity: 1 !important; filter: none !important; transform: none !important; clip-path: none !important;
  mix-blend-mode: normal !important; }
:host([launcher]) { all: initial !important; display: contents !important; }
:host([hidden]) { display: none !important; }
.launcher { all: initial; position: fixed; z-index: 2147483000; box-sizing: border-box; cursor: pointer;
  inset-block-end: calc(20px + env(safe-area-inset-bottom, 0px)); inset-inline-end: 20px;
  inline-size: 56px; block-size: 56px; border-radius: 50%; display: grid; place-items: center;
  color-scheme: light dark; color: var(--minnow-on-accent, light-dark(#fff, #06201f));
  background: var(--minnow-accent, light-dark(#0d5c63, #5fd0c5));
  box-shadow: 0 1px 2px rgb(0 20 22 / .2), 0 8px 24px rgb(0 20 22 / .22); }
:host([theme=light]) .launcher { color-scheme: light; }
:host([theme=dark]) .launcher { color-scheme: dark; }
:host([side=left]) .launcher { inset-inline: auto; left: 20px; right: auto; }
:host([side=right]) .launcher { inset-inline: auto; right: 20px; left: auto; }
.launcher svg { inline-size: 26px; block-size: 26px; fill: none; stroke: currentColor; stroke-width: 1.7;
  stroke-linecap: round; stroke-linejoin: round; pointer-events: none; }
.launcher:hover { filter: brightness(1.12); }
.launcher:focus-visible { outline: 3px solid var(--minnow-accent, light-dark(#0d5c63, #5fd0c5)); outline-offset: 3px; }
@media (prefers-reduced-motion: no-preference) {
  .launcher { transition: transform .16s ease, filter .16s ease; }
  .launcher:hover { transform: translateY(-1px); }
  .launcher:active { transform: scale(.95); }
}
@media (forced-colors: active) { .launcher { border: 2px solid ButtonText; } }
@media print { .launcher { display: none; } }
`
