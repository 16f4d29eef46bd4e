// One question and its answer on the page. What has not changed is not touched.
import { type Conversation, isOpen, type Turn } from './conversation.ts'
import { iconButton, make, rename } from './element.ts'
import * as ICONS from './icons.ts'
import { pictureOf } from './pictures.ts'
import { openRendering } from './render.ts'
import type { Words } from './words/words.ts'

export interface TurnActs {
  readonly again: (turn: Turn) => void
  readonly fresh: () => void
  readonly edit: (turn: Turn) => void
  readonly rate: (turn: Turn, score: 1 | -1) => void
  readonly copied: () => void
}

export interface TurnView {
  readonly element: HTMLElement
  show(turn: Turn, answer: string, isLast: boolean): void
}

const COPIED_MS = 1_600

export function openTurn(first: Turn, words: Words, name: string, acts: TurnActs): TurnView {
  let turn = first
  const question = make('p', { dir: 'auto', part: 'question' })
  const pictures = (first.pictures ?? []).map((url) => pictureOf(url, words.image)) // a turn has the same all its life
  const answer = make('div', { class: 'text', part: 'answer' })
  const wait = make(
    'p',
    { class: 'wait' },
    make('span', { class: 'unseen' }, words.thinking),
    make('i'),
    make('i'),
    make('i'),
  )
  const note = make('p', { class: 'note' })
  const isSpent = (): boolean => turn.trouble === 'spent' || turn.trouble === 'ended'
  const retry = make('button', {
    type: 'button',
    class: 'quiet',
    onclick: () => (isSpent() ? acts.fresh() : acts.again(turn)),
  })
  const route = make('span', { class: 'route', part: 'route' })
  const copy = iconButton(words.copy, ICONS.copy, () => void copyText(turn.answer, copy, words, acts.copied))
  const again = iconButton(words.again, ICONS.again, () => acts.again(turn))
  const good = iconButton(words.good, ICONS.good, () => acts.rate(turn, 1))
  const bad = iconButton(words.bad, ICONS.bad, () => acts.rate(turn, -1))
  const edit = iconButton(words.edit, ICONS.edit, () => acts.edit(turn))
  const tools = make('div', { class: 'tools' }, route, copy, again, good, bad)
  const answered = make(
    'div',
    { class: 'answered' },
    make('h3', { class: 'unseen' }, name),
    wait,
    answer,
    note,
    retry,
    tools,
  )
  const asked = make(
    'div',
    { class: 'asked' },
    make('h3', { class: 'unseen' }, words.you),
    edit,
    make('div', { class: 'bubble' }, ...pictures, question),
  )
  const element = make('article', { class: 'turn' }, asked, answered)
  const rendering = openRendering(answer, words.copy)

  const copyCode = async (target: EventTarget | null): Promise<void> => {
    if (!(target instanceof HTMLButtonElement)) return
    if (await write(target.closest('.code')?.querySelector('pre')?.textContent ?? '')) tick(target)
  }
  answer.addEventListener('click', ({ target }) => void copyCode(target))

  const tick = (button: HTMLElement): void => {
    button.dataset['done'] = ''
    acts.copied()
    setTimeout(() => delete button.dataset['done'], COPIED_MS)
  }

  let shown = ''
  return {
    element,
    show(now, text, isLast) {
      turn = now
      const { state, trouble, rated } = now
      const isOver = !isOpen(now)
      if (question.textContent !== now.question) question.textContent = now.question
      question.hidden = now.question === ''
      if (text !== shown) rendering.show((shown = text))
      element.dataset['state'] = state
      answer.hidden = text === ''
      wait.hidden = isOver || text !== ''
      note.textContent = state === 'stopped' ? words.stopped : trouble === undefined ? '' : words[trouble]
      note.hidden = note.textContent === ''
      retry.hidden = state !== 'failed'
      retry.textContent = isSpent() ? words.fresh : words.retry
      tools.hidden = !isOver || text === ''
      route.textContent = routeWords(now.route, words)
      again.hidden = !isLast
      edit.hidden = !isOver
      const canRate = now.requestId !== undefined
      good.hidden = bad.hidden = !canRate
      good.setAttribute('aria-pressed', String(rated === 1))
      bad.setAttribute('aria-pressed', String(rated === -1))
    },
  }
}

/** Which kind of model has answered. */
function routeWords(route: string | undefined, words: Words): string {
  if (route === 'mini') return words.small
  if (route === 'frontier') return words.large
  return route === 'cache' ? words.kept : words.model
}

async function copyText(
  text: string,
  button: HTMLButtonElement,
  words: Words,
  copied: () => void,
): Promise<void> {
  if (!(await write(text))) return
  rename(button, words.copied, ICONS.done)
  copied()
  setTimeout(() => rename(button, words.copy, ICONS.copy), COPIED_MS)
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false // the page may not, or the visitor has said no
  }
}

/** For the host's own use: who said what. */
export const transcriptOf = ({ turns }: Conversation): { role: string; content: string }[] =>
  turns.flatMap(({ question, answer }) => [
    { role: 'user', content: question },
    ...(answer === '' ? [] : [{ role: 'assistant', content: answer }]),
  ])
