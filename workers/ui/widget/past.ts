// The conversations that this browser remembers, to be taken up again or erased.
import { type Conversation, titleOf } from './conversation.ts'
import { iconButton, make } from './element.ts'
import * as ICONS from './icons.ts'
import type { Words } from './words/words.ts'

export interface Past {
  readonly element: HTMLElement
  show(conversations: readonly Conversation[], open: string): void
}

export interface PastActs {
  readonly open: (id: string) => void
  readonly erase: (id: string) => void
}

export function openPast(words: Words, language: string, acts: PastActs): Past {
  const when = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  const element = make('div', { class: 'past', part: 'history' })
  return {
    element,
    show(conversations, open) {
      if (conversations.length === 0) return element.replaceChildren(make('p', { class: 'note' }, words.none))
      const rows = conversations.map((conversation) => {
        const title = titleOf(conversation)
        return make(
          'li',
          {},
          make(
            'button',
            {
              type: 'button',
              class: 'entry',
              onclick: () => acts.open(conversation.id),
              'aria-current': conversation.id === open && 'true',
            },
            make('span', { dir: 'auto' }, title === '' ? words.image : title),
            make('time', {}, when.format(conversation.at)),
          ),
          iconButton(`${words.erase}: ${title}`, ICONS.erase, () => acts.erase(conversation.id)),
        )
      })
      return element.replaceChildren(make('ul', {}, ...rows))
    },
  }
}
