// `<script async src="https://HOST/widget.js" data-key="pk-...">`: the element `minnow-chat`, and a launcher where a key is
// given here. A classic script that leaves nothing behind but the element; the rest is loaded when it is needed.
import type { Chat, House } from './chat.ts'
import { icon, make } from './element.ts'
import * as ICONS from './icons.ts'
import { directionOf, OPEN } from './language.ts'
import { LAUNCHER_STYLE } from './launcher-style.ts'
import { dueName, settingsOf, shownName, spaceOf } from './settings.ts'
import type { Words } from './words/words.ts'

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : undefined
const host = script === undefined ? location.origin : new URL(script.src).origin

/** A page of ours that was built with this one. */
const load = (name: string): Promise<unknown> => {
  const address = `${host}/widget-${name}.js`
  return import(address)
}

class MinnowChat extends HTMLElement {
  #chat: Promise<Chat> | undefined
  #button: HTMLButtonElement | undefined
  #isOpen = false

  connectedCallback(): void {
    if (this.shadowRoot !== null) return
    const root = this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(LAUNCHER_STYLE)
    root.adoptedStyleSheets = [sheet]
    const settings = settingsOf(this, host)
    const space = spaceOf(settings)
    if (!settings.isLauncher) return idle(() => void this.open(false))
    const { language } = settings
    const label = OPEN[language]
    const button = make(
      'button',
      {
        type: 'button',
        class: 'launcher',
        part: 'launcher',
        'aria-label': label,
        'aria-expanded': 'false',
        lang: language,
        dir: directionOf(language),
        onclick: () => void this.toggle(),
        // Whoever points at it is likely to press it.
        onpointerenter: () => void this.#load(),
        onfocus: () => void this.#load(),
      },
      icon(ICONS.chat),
    )
    root.append(button)
    this.#button = button
    if (kept(sessionStorageOf(), shownName(space))) void this.open(false)
    else if (kept(localStorageOf(), dueName(space))) void this.#load()
  }

  /** Opens the window. */
  async open(withFocus = true): Promise<void> {
    if (!this.#isOpen) {
      this.#isOpen = true
      const chat = await this.#load()
      chat.setShown(this.#isOpen)
      this.#reflect()
    }
    if (withFocus) (await this.#load()).focus()
  }

  close(): void {
    if (!this.#isOpen || this.#button === undefined) return
    this.#isOpen = false
    void this.#chat?.then((chat) => chat.setShown(this.#isOpen))
    this.#reflect()
    this.#button.focus()
  }

  toggle(): Promise<void> {
    if (!this.#isOpen) return this.open()
    this.close()
    return Promise.resolve()
  }

  /** Asks in the visitor's name, as if it had been typed. */
  async send(text: string): Promise<void> {
    await this.open(false)
    ;(await this.#load()).send(text)
  }

  #reflect(): void {
    this.toggleAttribute('open', this.#isOpen)
    this.#button?.setAttribute('aria-expanded', String(this.#isOpen))
    this.#button?.replaceChildren(icon(this.#isOpen ? ICONS.close : ICONS.chat))
    keep(sessionStorageOf(), shownName(spaceOf(settingsOf(this, host))), this.#isOpen)
    this.#tell(this.#isOpen ? 'open' : 'close', {})
  }

  #tell(name: string, detail: Record<string, unknown>): boolean {
    const event = new CustomEvent(`minnow-${name}`, {
      detail,
      bubbles: true,
      composed: true,
      cancelable: true,
    })
    return this.dispatchEvent(event)
  }

  #load(): Promise<Chat> {
    this.#chat ??= this.#begin()
    return this.#chat
  }

  async #begin(): Promise<Chat> {
    const root = this.shadowRoot
    if (root === null) throw new Error('the element is not on a page')
    const settings = settingsOf(this, host)
    const [code, { default: words }] = (await Promise.all([
      load('chat'),
      load(`words-${settings.language}`),
    ])) as [{ openChat(house: House): Chat }, { default: Words }]
    return code.openChat({
      root,
      settings,
      words,
      tell: (name, detail) => this.#tell(name, detail),
      minimise: () => this.close(),
    })
  }
}

/** The page comes first: there is no hurry before it has been painted. */
function idle(begin: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(begin, { timeout: 1_000 })
  else setTimeout(begin)
}

const storageOf = (open: () => Storage): Storage | undefined => {
  try {
    return open()
  } catch {
    return undefined // the browser lets this page keep nothing
  }
}
const localStorageOf = (): Storage | undefined => storageOf(() => localStorage)
const sessionStorageOf = (): Storage | undefined => storageOf(() => sessionStorage)

const kept = (storage: Storage | undefined, name: string): boolean => storage?.getItem(name) === '1'

function keep(storage: Storage | undefined, name: string, is: boolean): void {
  try {
    if (is) storage?.setItem(name, '1')
    else storage?.removeItem(name)
  } catch {
    // full: then the window is closed after a reload
  }
}

function launch(from: HTMLScriptElement): void {
  const element = document.createElement('minnow-chat')
  for (const { name, value } of from.attributes)
    if (name.startsWith('data-')) element.setAttribute(name.slice(5), value)
  element.setAttribute('launcher', '')
  ;(document.body ?? document.documentElement).append(element)
}

if (customElements.get('minnow-chat') === undefined) {
  customElements.define('minnow-chat', MinnowChat)
  idle(() => {
    if (script?.dataset['key'] !== undefined) launch(script)
  })
}
