// Shapes into the page, in place: what is there already stays, and a text that has grown is added to. So an answer that
// streams costs only what is new of it, and what a reader has selected stays selected.
import { blocksOf, type Shape } from './markdown.ts'

export interface Rendering {
  /** The whole text so far. */
  show(text: string): void
}

/** Renders Markdown that grows into an element that is its own. */
export function openRendering(root: HTMLElement, copy: string): Rendering {
  let settled = '' // of the text: blocks that later words cannot change
  let settledNodes = 0
  return {
    show(whole) {
      const text = whole.replaceAll('\r\n', '\n')
      if (!text.startsWith(settled)) {
        settled = ''
        settledNodes = 0
      }
      const blocks = blocksOf(text.slice(settled.length), copy)
      const shapes = blocks.flatMap((block) => block.shapes)
      patch(root, shapes, settledNodes)
      for (const { raw, shapes } of blocks.slice(0, -1)) {
        settled += raw
        settledNodes += shapes.length
      }
    },
  }
}

/** Makes the children of an element from `from` on what the shapes say. */
function patch(parent: Node, shapes: readonly Shape[], from = 0): void {
  const existing = parent.childNodes
  for (const [at, shape] of shapes.entries()) {
    const there = existing[from + at]
    const made = patched(there, shape)
    if (there === undefined) parent.appendChild(made)
    else if (made !== there) parent.replaceChild(made, there)
  }
  while (existing.length > from + shapes.length) existing[existing.length - 1]?.remove()
}

function patched(there: ChildNode | undefined, shape: Shape): Node {
  if (typeof shape === 'string') {
    if (!(there instanceof Text)) return document.createTextNode(shape)
    if (shape !== there.data) {
      if (shape.startsWith(there.data)) there.appendData(shape.slice(there.length))
      else there.data = shape
    }
    return there
  }
  const { tag, attributes = {}, children } = shape
  const isSame = there instanceof HTMLElement && there.localName === tag
  const node = isSame ? there : document.createElement(tag)
  for (const name of isSame ? node.getAttributeNames() : [])
    if (!Object.hasOwn(attributes, name)) node.removeAttribute(name)
  for (const [name, value] of Object.entries(attributes))
    if (node.getAttribute(name) !== value) node.setAttribute(name, value)
  patch(node, children)
  return node
}
