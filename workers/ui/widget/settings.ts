// What a page says of its chat, from the element's attributes.
import { type Language, languageOf } from './language.ts'

export interface Settings {
  readonly host: string
  readonly key: string
  readonly model: string
  readonly name: string | undefined
  readonly greeting: string | undefined
  readonly placeholder: string | undefined
  readonly disclaimer: string | undefined
  readonly suggestions: readonly string[]
  readonly language: Language
  readonly isLauncher: boolean
  readonly hasPerson: boolean
  readonly mayAttach: boolean
}

export function settingsOf(element: HTMLElement, host: string): Settings {
  const text = (name: string): string | undefined => element.getAttribute(name) || undefined
  return {
    host: (text('host') ?? host).replace(/\/$/, ''),
    key: text('key') ?? '',
    model: text('model') ?? 'auto',
    name: text('name'),
    greeting: text('greeting'),
    placeholder: text('placeholder'),
    disclaimer: text('disclaimer'),
    suggestions: (text('suggestions') ?? '')
      .split('|')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
    language: languageOf(text('lang'), document.documentElement.lang, navigator.language),
    isLauncher: element.hasAttribute('launcher'),
    hasPerson: element.hasAttribute('person'),
    mayAttach: text('attachments') !== 'off',
  }
}

/** Under which the browser keeps what belongs to a key: two chats on one site do not mix. */
export const spaceOf = ({ key }: Settings): string => key.slice(-12)

/** Set while something is still to be sent, so that the next page goes on with it. */
export const dueName = (space: string): string => `minnow:${space}:due`
/** Set while the window is open, in this tab. */
export const shownName = (space: string): string => `minnow:${space}:shown`
