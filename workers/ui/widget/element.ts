// Making elements: text enters as text, and nothing is parsed as HTML.

type Value = string | boolean | undefined | ((event: Event) => void)

/** `on...` listens, true is an empty attribute, false and undefined are none. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, '')
    else if (typeof value === 'string') made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

const SVG = 'http://www.w3.org/2000/svg'

/** A picture of strokes, 24 by 24. */
export function icon(path: string): SVGElement {
  const made = document.createElementNS(SVG, 'svg')
  for (const [name, value] of Object.entries({ viewBox: '0 0 24 24', 'aria-hidden': 'true' }))
    made.setAttribute(name, value)
  const line = document.createElementNS(SVG, 'path')
  line.setAttribute('d', path)
  made.append(line)
  return made
}

/** A button that is a picture; its name is what it says to those who do not see it, and on pointing at it. */
export const iconButton = (
  name: string,
  path: string,
  press: () => void,
  more: Readonly<Record<string, Value>> = {},
): HTMLButtonElement =>
  make('button', { type: 'button', 'aria-label': name, title: name, onclick: press, ...more }, icon(path))

/** Gives a button another name and picture. */
export function rename(button: HTMLButtonElement, name: string, path: string): void {
  if (button.title === name) return
  button.setAttribute('aria-label', name)
  button.title = name
  button.replaceChildren(icon(path))
}
