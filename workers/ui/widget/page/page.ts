// The page /widget: the chat as its reader sets it, and the line that would bring it to another page.
import { find } from './find.ts'

const LOCAL_KEY = 'mk-local'
const GREETING = 'Hello! Ask me about Minnow.'
const SUGGESTIONS = 'What is Minnow?|What can micro do?|How do budgets work?'
const COPIED_MS = 1_600
const DEFAULT_ACCENT = '#0d5c63'

const controls = find('controls', HTMLFormElement)
const stage = find('stage', HTMLElement)
const snippet = find('snippet', HTMLElement)
const keyField = find('key', HTMLInputElement)

const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(location.hostname)
let key = new URLSearchParams(location.search).get('key') ?? (isLoopback ? LOCAL_KEY : '')
let shown: Element | undefined

function show(): void {
  const said = new FormData(controls)
  const chosen = (name: string): string => String(said.get(name) ?? '')
  const isLauncher = chosen('mode') === 'launcher'
  const attributes: [string, string][] = [
    ['key', key === '' || key === LOCAL_KEY ? 'pk-...' : key],
    ...['lang', 'theme'].flatMap((name): [string, string][] =>
      chosen(name) === '' ? [] : [[name, chosen(name)]],
    ),
  ]
  const written = attributes
    .map(([name, value]) => `${isLauncher ? 'data-' : ''}${name}="${value}"`)
    .join(' ')
  const source = `${location.origin}/widget.js`
  snippet.textContent = isLauncher
    ? `<script async src="${source}" ${written}></script>`
    : `<script async src="${source}"></script>\n<minnow-chat ${written}></minnow-chat>`
  find('key-note', HTMLElement).hidden = key !== ''
  shown?.remove()
  stage.replaceChildren()
  if (key === '') return
  const chat = document.createElement('minnow-chat')
  for (const [name, value] of [
    ...attributes,
    ['key', key],
    ['name', 'Minnow'],
    ['greeting', chosen('lang') === '' || chosen('lang') === 'en' ? GREETING : ''],
    ['suggestions', SUGGESTIONS],
    ['person', ''],
  ] as const)
    chat.setAttribute(name, value)
  if (chosen('accent') !== DEFAULT_ACCENT) chat.style.setProperty('--minnow-accent', chosen('accent'))
  chat.toggleAttribute('launcher', isLauncher)
  if (isLauncher) {
    document.body.append(chat)
    const hint = document.createElement('p')
    hint.textContent = 'The button is in the corner.'
    stage.append(hint)
  } else stage.append(chat)
  shown = chat
}

async function copy(button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(snippet.textContent ?? '')
    button.textContent = 'Copied'
  } catch {
    getSelection()?.selectAllChildren(snippet) // no clipboard without https: leave it selected
    button.textContent = 'Selected'
  }
  setTimeout(() => (button.textContent = 'Copy'), COPIED_MS)
}

find('policy', HTMLElement).textContent =
  `Content-Security-Policy: default-src 'none';\n  script-src ${location.origin};\n  connect-src ${location.origin}`
controls.addEventListener('change', show)
controls.addEventListener('submit', (event) => event.preventDefault())
const copyButton = find('copy', HTMLButtonElement)
copyButton.addEventListener('click', () => void copy(copyButton))
find('use', HTMLButtonElement).addEventListener('click', () => {
  key = keyField.value.trim()
  show()
})
show()
