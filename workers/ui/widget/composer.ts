// Where a visitor writes: grows with the text, sends on Enter, holds pictures, and stops an answer.
import { iconButton, make, rename } from './element.ts'
import * as ICONS from './icons.ts'
import { type Picture, pictureOf, readPicture } from './pictures.ts'
import type { Words } from './words/words.ts'

export interface Composer {
  readonly element: HTMLElement
  focus(): void
  /** Puts a question back to be changed, with its pictures. */
  edit(text: string, urls: readonly string[]): void
  setBusy(isBusy: boolean): void
  /** Gives up what was being changed. */
  leave(): void
  /** Whether pictures may be attached. */
  setPictures(may: boolean): void
}

export interface ComposerActs {
  readonly send: (text: string, pictures: readonly string[]) => void
  readonly stop: () => void
  readonly cancel: () => void
  readonly say: (text: string) => void
}

const MOST_PICTURES = 4
const MOST_CHARS = 20_000

export function openComposer(words: Words, placeholder: string, acts: ComposerActs): Composer {
  let pictures: Picture[] = []
  let isBusy = false
  const input = make('textarea', {
    rows: '1',
    'aria-label': words.ask,
    placeholder,
    dir: 'auto',
    part: 'input',
    maxlength: String(MOST_CHARS),
    enterkeyhint: 'send',
  })
  const file = make('input', {
    type: 'file',
    accept: 'image/*',
    multiple: true,
    hidden: true,
    tabindex: '-1',
    'aria-hidden': 'true',
  })
  const attach = iconButton(words.attach, ICONS.attach, () => file.click())
  const send = iconButton(
    words.send,
    ICONS.send,
    () => (isBusy && input.value.trim() === '' ? acts.stop() : submit()),
    { class: 'send', part: 'send' },
  )
  const strip = make('div', { class: 'strip' })
  const editing = make(
    'div',
    { class: 'editing' },
    make('span', {}, words.edit),
    make('button', { type: 'button', class: 'quiet', onclick: () => leave() }, words.cancel),
  )
  const row = make('div', { class: 'row' }, attach, input, send)
  const element = make('form', { class: 'composer', part: 'composer' }, editing, strip, row, file)
  attach.hidden = editing.hidden = strip.hidden = true

  const fit = (): void => {
    input.style.blockSize = 'auto'
    input.style.blockSize = `${Math.min(input.scrollHeight, 160)}px`
    const isStop = isBusy && input.value.trim() === ''
    rename(send, isStop ? words.stop : words.send, isStop ? ICONS.stop : ICONS.send)
    send.disabled = !isStop && input.value.trim() === '' && pictures.length === 0
  }
  const showPictures = (): void => {
    strip.hidden = pictures.length === 0
    strip.replaceChildren(
      ...pictures.map((picture) =>
        make(
          'span',
          { class: 'picture' },
          picture.preview,
          iconButton(words.detach, ICONS.cross, () => {
            pictures = pictures.filter((one) => one !== picture)
            showPictures()
            input.focus()
          }),
        ),
      ),
    )
    fit()
  }
  const clear = (): void => {
    input.value = ''
    pictures = []
    editing.hidden = true
    showPictures()
  }
  const leave = (): void => {
    clear()
    acts.cancel()
    input.focus()
  }
  const submit = (): void => {
    const text = input.value.trim()
    if (text === '' && pictures.length === 0) return
    const urls = pictures.map(({ url }) => url)
    clear()
    acts.send(text, urls)
  }
  /** Copied lists: the browser empties its own while they are read. */
  const take = async (files: readonly File[]): Promise<void> => {
    for (const one of files) {
      if (pictures.length >= MOST_PICTURES) break
      const picture = await readPicture(one)
      if (picture === undefined) acts.say(words.tooLarge)
      else pictures = [...pictures, picture]
    }
    showPictures()
  }

  element.addEventListener('submit', (event) => {
    event.preventDefault()
    submit()
  })
  input.addEventListener('input', fit)
  input.addEventListener('keydown', (event) => {
    // While a word is being composed, as in Japanese, Enter ends the word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    submit()
  })
  input.addEventListener('paste', ({ clipboardData }) => {
    if (!attach.hidden && clipboardData !== null) void take([...clipboardData.files])
  })
  file.addEventListener('change', () => {
    void take([...(file.files ?? [])])
    file.value = ''
  })
  fit()
  return {
    element,
    focus: () => input.focus(),
    edit(text, urls) {
      clear()
      input.value = text
      pictures = urls.map((url) => ({ url, preview: pictureOf(url, words.image) }))
      editing.hidden = false
      showPictures()
      input.focus()
    },
    leave,
    setBusy(is) {
      isBusy = is
      fit()
    },
    setPictures(may) {
      attach.hidden = !may
    },
  }
}
