// The bar on top of the window: whose chat it is, and what can be done with the window.
import { iconButton, make, rename } from './element.ts'
import * as ICONS from './icons.ts'
import type { Settings } from './settings.ts'
import type { Words } from './words/words.ts'

export type Size = 'normal' | 'large' | 'full'

export interface Header {
  readonly element: HTMLElement
  size(): Size
  setSize(size: Size): void
  /** Whether the past is looked at. */
  setView(isPast: boolean): void
  setPast(isSome: boolean): void
}

export interface HeaderActs {
  readonly past: () => void
  readonly fresh: () => void
  readonly person: () => void
  readonly size: (size: Size) => void
  readonly minimise: () => void
}

export function openHeader(words: Words, name: string, settings: Settings, acts: HeaderActs): Header {
  let size: Size = 'normal'
  const past = iconButton(words.past, ICONS.past, acts.past)
  const fresh = iconButton(words.fresh, ICONS.fresh, acts.fresh)
  const person = iconButton(words.person, ICONS.person, acts.person, { hidden: !settings.hasPerson })
  const larger = iconButton(
    words.bigger,
    ICONS.bigger,
    () => setSize(size === 'large' ? 'normal' : 'large'),
    { class: 'larger' },
  )
  const full = iconButton(words.full, ICONS.full, () => setSize(size === 'full' ? 'normal' : 'full'), {
    class: 'fuller',
  })
  const close = iconButton(words.close, ICONS.close, acts.minimise, { hidden: !settings.isLauncher })
  const title = make('h2', { dir: 'auto' }, name)
  const element = make(
    'header',
    { class: 'head', part: 'header' },
    past,
    title,
    person,
    fresh,
    larger,
    full,
    close,
  )

  const setSize = (now: Size): void => {
    size = now
    rename(
      larger,
      size === 'large' ? words.smaller : words.bigger,
      size === 'large' ? ICONS.smaller : ICONS.bigger,
    )
    rename(full, size === 'full' ? words.notFull : words.full, size === 'full' ? ICONS.notFull : ICONS.full)
    acts.size(now)
  }
  return {
    element,
    size: () => size,
    setSize,
    setView(isPast) {
      rename(past, isPast ? words.back : words.past, isPast ? ICONS.back : ICONS.past)
      title.textContent = isPast ? words.past : name
      person.hidden = isPast || !settings.hasPerson
    },
    setPast: (isSome) => (past.hidden = !isSome),
  }
}
