// What stands where nothing was said yet: a greeting, and questions to begin with.
import { make } from './element.ts'
import type { Words } from './words/words.ts'

export function openWelcome(
  greeting: string,
  suggestions: readonly string[],
  words: Words,
  ask: (text: string) => void,
): HTMLElement {
  const buttons = suggestions.map((text) =>
    make(
      'li',
      {},
      make('button', { type: 'button', dir: 'auto', part: 'suggestion', onclick: () => ask(text) }, text),
    ),
  )
  return make(
    'div',
    { class: 'welcome' },
    make('p', { class: 'greeting', dir: 'auto' }, greeting),
    ...(buttons.length === 0
      ? []
      : [make('p', { class: 'try' }, words.try), make('ul', { class: 'suggestions' }, ...buttons)]),
  )
}
