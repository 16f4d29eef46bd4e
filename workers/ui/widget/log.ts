// What was said, on the page: kept in step with the conversation, drawn at most once a frame, with its end in sight for as
// long as the reader stays there.
import type { Announcer } from './announce.ts'
import { type Conversation, isOpen } from './conversation.ts'
import { iconButton, make } from './element.ts'
import * as ICONS from './icons.ts'
import { openTurn, type TurnActs, type TurnView } from './turn-view.ts'
import type { Words } from './words/words.ts'

export interface Log {
  readonly element: HTMLElement
  show(conversation: Conversation): void
  /** More of an answer that is being told. */
  hear(key: string, answer: string): void
  toEnd(): void
}

/** How near to the end a reader must be for the page to go along, in pixels. */
const NEAR = 48

export function openLog(
  words: Words,
  name: string,
  welcome: HTMLElement,
  acts: TurnActs,
  announcer: Announcer,
): Log {
  const views = new Map<string, TurnView>()
  const list = make('div', { class: 'turns' }, welcome)
  const scroller = make(
    'div',
    { class: 'log', role: 'region', 'aria-label': words.log, tabindex: '0', part: 'log' },
    list,
  )
  const down = iconButton(words.down, ICONS.down, () => toEnd(), { class: 'down', hidden: true })
  const element = make('div', { class: 'log-frame' }, scroller, down)
  const answers = new Map<string, string>() // of turns that are being told
  let conversation: Conversation | undefined
  let isDue = false
  let follows = true

  const toEnd = (): void => {
    follows = true
    scroller.scrollTop = scroller.scrollHeight
  }
  const draw = (): void => {
    isDue = false
    if (conversation === undefined) return
    const { turns } = conversation
    const keys = new Set(turns.map(({ key }) => key))
    for (const [key, view] of views)
      if (!keys.has(key)) {
        view.element.remove()
        views.delete(key)
      }
    welcome.hidden = turns.length > 0
    for (const [at, turn] of turns.entries()) {
      let view = views.get(turn.key)
      if (view === undefined) {
        view = openTurn(turn, words, name, acts)
        views.set(turn.key, view)
        list.append(view.element)
      }
      const heard = answers.get(turn.key) ?? ''
      const isOver = !isOpen(turn)
      if (isOver) answers.delete(turn.key)
      const answer = !isOver && heard.length > turn.answer.length ? heard : turn.answer
      view.show(turn, answer, at === turns.length - 1)
    }
    if (follows) scroller.scrollTop = scroller.scrollHeight
  }
  const schedule = (): void => {
    if (isDue) return
    isDue = true
    if (document.hidden) setTimeout(draw, 100)
    else requestAnimationFrame(draw)
  }

  scroller.addEventListener(
    'scroll',
    () => {
      follows = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR
      down.hidden = follows
    },
    { passive: true },
  )
  new ResizeObserver(() => {
    if (follows) scroller.scrollTop = scroller.scrollHeight
  }).observe(scroller)

  return {
    element,
    toEnd,
    show(now) {
      if (now.id !== conversation?.id) {
        for (const view of views.values()) view.element.remove()
        views.clear()
        answers.clear()
        follows = true
      } else {
        for (const turn of now.turns) {
          const before = conversation.turns.find(({ key }) => key === turn.key)
          if (
            before !== undefined &&
            isOpen(before) &&
            turn.state !== before.state &&
            turn.state !== 'writing'
          )
            announcer.hear(turn.key, turn.answer, true)
        }
      }
      conversation = now
      schedule()
    },
    hear(key, answer) {
      answers.set(key, answer)
      announcer.hear(key, answer, false)
      schedule()
    },
  }
}
