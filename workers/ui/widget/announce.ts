// What a screen reader hears of an answer that streams: whole sentences, each once.
import { make } from './element.ts'

export interface Announcer {
  /** To be put on the page; nobody sees it. */
  readonly region: HTMLElement
  /** An answer as far as it has come; `isWhole` where there will be no more. */
  hear(key: string, text: string, isWhole: boolean): void
  say(text: string): void
}

/** So many sentences stay, for those who read back. */
const MOST = 20

export function openAnnouncer(): Announcer {
  const region = make('div', { class: 'unseen', 'aria-live': 'polite', 'aria-atomic': 'false' })
  let current = ''
  let told = 0

  const say = (text: string): void => {
    const plain = spoken(text)
    if (plain === '') return
    region.append(make('p', { dir: 'auto' }, plain))
    if (region.childElementCount > MOST) region.firstElementChild?.remove()
  }
  return {
    region,
    say,
    hear(key, text, isWhole) {
      if (key !== current) [current, told] = [key, 0]
      const end = isWhole ? text.length : sentencesEnd(text, told)
      if (end <= told) return
      say(text.slice(told, end))
      told = end
    },
  }
}

/** Where the last whole sentence ends, from `from` on. Pure. */
export function sentencesEnd(text: string, from: number): number {
  let end = from
  const marks = /[.!?…؟]["'”’»)\]*_]*(?=\s)|[。！？]["」』）]*|\n/g
  marks.lastIndex = from
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) end = marks.lastIndex
  return end
}

/** Without the marks of Markdown, which would be read out. Pure. */
export const spoken = (text: string): string =>
  text
    .replaceAll(/^\s*(?:#{1,6}|>|[-*+]|```.*)\s*/gm, '')
    .replaceAll(/[*_`]{1,3}/g, '')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
