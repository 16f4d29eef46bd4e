// The home page: what this gateway is, how to connect, and a chat that really asks it.
import './home.css'
import { ask, type Message } from './ask.ts'
import { connect } from './connect.ts'
import { keepEndInSight, showAnswer, showQuestion } from './conversation.ts'
import { listModels } from './models.ts'
import { find } from './page.ts'
import { isLoopbackHost } from './snippets.ts'

const LOCAL_KEY = 'mk-local'
const TYPING_MS = 400

const key = find('key', HTMLInputElement)
const model = find('model', HTMLSelectElement)
const note = find('key-note', HTMLElement)
const log = find('log', HTMLElement)
const empty = find('empty', HTMLElement)
const prompt = find('prompt', HTMLTextAreaElement)
const send = find('send', HTMLButtonElement)
const stop = find('stop', HTMLButtonElement)
const fresh = find('fresh', HTMLButtonElement)
const reveal = find('reveal', HTMLButtonElement)
const noteAtRest = note.textContent ?? ''

let messages: Message[] = []
let asking: AbortController | undefined
let listing = new AbortController()

const isLocal = isLoopbackHost(location.hostname)
if (isLocal) key.value = LOCAL_KEY
connect(`${location.origin}/v1`, isLocal ? LOCAL_KEY : '<your key>')
keepEndInSight(log)
void showHealth()
void showModels()

let typing: ReturnType<typeof setTimeout> | undefined
key.addEventListener('input', () => {
  clearTimeout(typing)
  typing = setTimeout(() => void showModels(), TYPING_MS)
})
reveal.addEventListener('click', () => {
  const isShown = key.type === 'password'
  key.type = isShown ? 'text' : 'password'
  reveal.textContent = isShown ? 'Hide' : 'Show'
  reveal.setAttribute('aria-pressed', String(isShown))
})
find('composer', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  void submit(prompt.value)
})
prompt.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  void submit(prompt.value)
})
prompt.addEventListener('input', fitPrompt)
stop.addEventListener('click', () => asking?.abort())
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') asking?.abort()
})
fresh.addEventListener('click', () => {
  asking?.abort()
  finish()
  messages = []
  log.replaceChildren(empty)
  fresh.hidden = true
  prompt.focus()
})
for (const idea of document.querySelectorAll<HTMLButtonElement>('button.idea')) {
  idea.addEventListener('click', () => void submit(idea.textContent ?? ''))
}

async function submit(text: string): Promise<void> {
  const question = text.trim()
  if (question === '' || asking !== undefined) return
  if (key.value.trim() === '') {
    note.textContent = 'Give a key first: an operator makes one with POST /admin/keys.'
    note.classList.add('urgent')
    key.focus()
    return
  }
  empty.remove()
  prompt.value = ''
  fitPrompt()
  const current = new AbortController()
  const conversation: Message[] = [...messages, { role: 'user', content: question }]
  begin(current)
  showQuestion(log, question)
  const answer = showAnswer(log)
  let said = ''
  const ending = await ask(
    { key: key.value.trim(), model: model.value, messages: conversation, signal: current.signal },
    (piece) => {
      said += piece
      answer.say(piece)
    },
  )
  if (ending.kind === 'failed') answer.fail(ending.message)
  else answer.end(ending.receipt, ending.kind === 'stopped')
  // What failed before a word is not part of the conversation; what was cut is, as the person saw it.
  if (asking === current && said !== '') messages = [...conversation, { role: 'assistant', content: said }]
  if (asking === current) finish()
}

function begin(current: AbortController): void {
  asking = current
  send.hidden = true
  stop.hidden = false
  fresh.hidden = false
}

function finish(): void {
  const hadFocus = document.activeElement === stop || document.activeElement === document.body
  asking = undefined
  send.hidden = false
  stop.hidden = true
  if (hadFocus) prompt.focus()
}

async function showModels(): Promise<void> {
  listing.abort()
  listing = new AbortController()
  const { signal } = listing
  const given = key.value.trim()
  if (given === '') return showNote(noteAtRest, false)
  const models = await listModels(given, signal)
  if (signal.aborted) return
  if (!models.ok) return showNote(models.message, true)
  showNote(noteAtRest, false)
  const chosen = model.value
  model.replaceChildren(...models.ids.map((id) => new Option(id, id, false, id === chosen)))
}

function showNote(text: string, isUrgent: boolean): void {
  note.textContent = text
  note.classList.toggle('urgent', isUrgent)
}

async function showHealth(): Promise<void> {
  const status = find('status', HTMLElement)
  const text = find('status-text', HTMLElement)
  const isUp = await fetch('/health').then(
    (response) => response.ok,
    () => false,
  )
  status.dataset['state'] = isUp ? 'up' : 'down'
  text.textContent = isUp ? 'Answering' : 'Not answering'
}

/** The message box grows with its text, up to what the style allows. */
function fitPrompt(): void {
  prompt.rows = Math.min(6, Math.max(1, prompt.value.split('\n').length))
}
