// The conversation on the page. Text from people and models enters as text, never as HTML.
import { facts, type Receipt } from './receipt.ts'

export interface Answer {
  /** Adds a piece of the answer. */
  say(text: string): void
  end(receipt: Receipt, isStopped: boolean): void
  fail(message: string): void
}

/** How close to the end a reader must be for the page to keep scrolling along, in pixels. */
const NEAR_END = 60

/** Keeps the end in sight when the log itself becomes smaller, for example because a note above it grew. */
export function keepEndInSight(log: HTMLElement): void {
  let height = log.clientHeight
  new ResizeObserver(() => {
    const lost = height - log.clientHeight
    height = log.clientHeight
    if (lost > 0 && log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END + lost)
      log.scrollTop = log.scrollHeight
  }).observe(log)
}

export function showQuestion(log: HTMLElement, text: string): void {
  const turn = element('article', 'turn asked')
  turn.append(element('h3', 'hidden', 'You'), element('p', 'text', text))
  log.append(turn)
  log.scrollTop = log.scrollHeight
}

export function showAnswer(log: HTMLElement): Answer {
  const turn = element('article', 'turn answered waiting')
  const text = element('p', 'text')
  turn.append(element('h3', 'hidden', 'Minnow'), text)
  log.append(turn)
  log.setAttribute('aria-busy', 'true')

  const add = (...parts: readonly HTMLElement[]): void => {
    const follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END
    turn.append(...parts)
    if (follows) log.scrollTop = log.scrollHeight
  }
  const close = (): void => {
    turn.classList.remove('waiting')
    if (text.textContent === '') text.remove()
    log.setAttribute('aria-busy', 'false')
  }
  add()
  log.scrollTop = log.scrollHeight

  return {
    say(piece) {
      const follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END
      turn.classList.remove('waiting')
      text.append(piece)
      if (follows) log.scrollTop = log.scrollHeight
    },
    end(receipt, isStopped) {
      close()
      add(...(isStopped ? [element('p', 'stopped', 'Stopped.')] : []), receiptList(receipt))
    },
    fail(message) {
      close()
      const note = element('p', 'failure', message)
      note.setAttribute('role', 'alert')
      add(note)
    },
  }
}

function receiptList(receipt: Receipt): HTMLElement {
  const list = element('dl', 'receipt')
  for (const { label, value } of facts(receipt)) {
    const pair = element('div', 'fact')
    pair.dataset['fact'] = label.toLowerCase().replaceAll(' ', '-')
    pair.append(element('dt', '', label), element('dd', '', value))
    list.append(pair)
  }
  return list
}

function element(name: string, className: string, text?: string): HTMLElement {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  if (text !== undefined) made.textContent = text
  return made
}
