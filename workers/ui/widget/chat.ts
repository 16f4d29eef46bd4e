// The chat window: puts the parts together. Loaded when somebody opens it, or when something is still to be sent.
import { openAnnouncer } from './announce.ts'
import { openComposer } from './composer.ts'
import {
  add,
  type Conversation,
  due,
  erase,
  isBusy,
  moved,
  placeOf,
  replace,
  type Turn,
} from './conversation.ts'
import { make } from './element.ts'
import { type Gateway, openGateway, type Place, sees } from './gateway.ts'
import { openHeader, type Size } from './header.ts'
import { newId } from './id.ts'
import { directionOf } from './language.ts'
import { openLog } from './log.ts'
import { openPast } from './past.ts'
import { type Notice, openSender } from './sender.ts'
import { dueName, type Settings, spaceOf } from './settings.ts'
import { openStore } from './store.ts'
import { STYLE } from './style.ts'
import { transcriptOf } from './turn-view.ts'
import { openWelcome } from './welcome.ts'
import type { Words } from './words/words.ts'

export interface Chat {
  /** Puts the window on the page, or takes it off. */
  setShown(isShown: boolean): void
  focus(): void
  send(text: string): void
}

export interface House {
  readonly root: ShadowRoot
  readonly settings: Settings
  readonly words: Words
  /** Tells the page; false where it has taken the matter over. */
  readonly tell: (name: string, detail: Record<string, unknown>) => boolean
  readonly minimise: () => void
}

/** An answer that arrives while a person looks elsewhere is kept; what is kept is looked at again this often. */
const NOTICE_MS = 2_500

export function openChat({ root, settings, words, tell, minimise }: House): Chat {
  const { language, model } = settings
  const name = settings.name ?? 'Chat'
  const space = spaceOf(settings)
  const store = openStore(space)
  const announcer = openAnnouncer()
  const gateways = new Map<string, Gateway>() // as many as conversations were opened on this page
  let id = store.current().id
  let editing: Turn | undefined
  let noticeTimer: ReturnType<typeof setTimeout> | undefined

  const place: Place = {
    host: settings.host,
    key: settings.key,
    challenge: () =>
      new Promise((resolve) => {
        if (tell('challenge', { respond: resolve })) resolve(undefined) // nobody takes care of it
      }),
  }
  const gatewayOf = (of: string): Gateway => {
    const known = gateways.get(of)
    if (known !== undefined) return known
    const made = openGateway(
      place,
      () => store.read(of)?.renewal,
      (ticket) =>
        void store.update(of, (one) => ({ ...one, name: ticket.conversation, renewal: ticket.renewal })),
    )
    gateways.set(of, made)
    return made
  }

  const status = make('p', { class: 'status', role: 'status', hidden: true })
  const note = (text: string, isPassing = true): void => {
    clearTimeout(noticeTimer)
    status.textContent = text
    status.hidden = text === ''
    if (isPassing && text !== '') noticeTimer = setTimeout(() => note(''), NOTICE_MS)
  }

  const move = (to: string): void => {
    if (to === id) return
    id = to
    note('') // it was of the other
    if (editing !== undefined) composer.leave()
  }
  const flagDue = (): void => flag(dueName(space), store.list().some(isBusy))
  const known = (): readonly Conversation[] => store.list().filter((one) => one.isErased !== true)
  const show = (): void => {
    const now = store.read(id)
    const conversation = now === undefined || now.isErased === true ? store.current() : now
    move(conversation.id) // another one where another tab has erased it
    log.show(conversation)
    composer.setBusy(due(conversation) !== undefined)
    header.setPast(known().length > 0)
    flagDue()
    if (!store.isKept()) note(words.noRoom, false)
  }

  const sender = openSender({
    store,
    space,
    model,
    gatewayOf,
    changed: (of) => {
      if (of === id) show()
      else flagDue()
    },
    heard: (of, key, answer) => {
      if (of === id) log.hear(key, answer)
    },
    notice: (of, notice: Notice) => {
      if (of === id) note(notice === undefined ? '' : words[notice], false)
    },
    failed: ({ status, code, message }) => void tell('error', { status, code, message }),
  })

  const put = (change: (now: Conversation) => Conversation): void => {
    store.update(id, change)
    show()
    log.toEnd()
    sender.attend(id)
  }
  const turnOf = (question: string, more: Partial<Turn> = {}): Turn => ({
    key: newId(),
    at: Date.now(),
    question,
    answer: '',
    state: 'waiting',
    ...more,
  })
  const say = (text: string, pictures: readonly string[] = []): void => {
    const old = editing
    const edits = old && placeOf(old)
    editing = undefined
    const turn = turnOf(text, {
      ...(pictures.length === 0 ? {} : { pictures }),
      ...(edits === undefined ? {} : { edits }),
    })
    put((now) => (old === undefined ? add(now, turn) : replace(now, old.key, turn)))
    tell('message', { role: 'user', text })
  }
  /**
   * The same question once more: answered again where the gateway has it, else sent as if for the first time; and after
   * what was asked since.
   */
  const again = (old: Turn): void => {
    const { question, pictures, edits } = old
    const place = placeOf(old)
    const isLast = store.read(id)?.turns.at(-1)?.key === old.key
    const turn = turnOf(question, {
      ...(pictures === undefined ? {} : { pictures }),
      ...(place === undefined || !isLast
        ? {}
        : place === edits
          ? { edits }
          : { regenerates: place, turn: place }),
    })
    put((now) => (isLast ? replace : moved)(now, old.key, turn))
  }
  const rate = (turn: Turn, score: 1 | -1): void => {
    if (turn.requestId === undefined || turn.rated === score) return
    const set = (rated: 1 | -1): void => {
      store.update(id, (now) => ({
        ...now,
        turns: now.turns.map((one) => (one.key === turn.key ? { ...one, rated } : one)),
      }))
      show()
    }
    set(score)
    gatewayOf(id)
      .rate(turn.requestId, score)
      .then(
        () => note(words.thanks),
        () => note(words.failed),
      )
  }
  const goTo = (other: string): void => {
    move(other)
    store.open(id)
    view(false)
    show()
    sender.attend(id)
    composer.focus()
  }

  const begin = (): void => goTo(store.fresh().id)

  const composer = openComposer(words, settings.placeholder ?? words.ask, {
    send: say,
    stop: () => sender.stop(id),
    cancel: () => (editing = undefined),
    say: note,
  })
  const welcome = openWelcome(settings.greeting ?? words.greeting, settings.suggestions, words, say)
  const log = openLog(
    words,
    name,
    welcome,
    {
      again,
      fresh: begin,
      rate,
      edit: (turn) => {
        editing = turn
        composer.edit(turn.question, turn.pictures ?? [])
      },
      copied: () => announcer.say(words.copied),
    },
    announcer,
  )
  const past = openPast(words, language, {
    open: goTo,
    erase: (of) => {
      store.update(of, erase)
      if (of === id) move(store.fresh().id)
      sender.attend(of)
      past.show(known(), id)
      note(words.erased)
      show()
    },
  })
  const header = openHeader(words, name, settings, {
    past: () => view(past.element.hasAttribute('hidden')),
    fresh: begin,
    person: () => {
      const conversation = store.read(id) ?? store.current()
      tell('person', { conversation: conversation.name, messages: transcriptOf(conversation) })
      note(words.asked)
    },
    size: (size) => setSize(size),
    minimise,
  })
  const foot = make(
    'div',
    { class: 'foot' },
    status,
    composer.element,
    make('p', { class: 'wrong' }, settings.disclaimer ?? words.wrong),
  )
  const panel = make(
    'section',
    {
      class: 'panel',
      part: 'panel',
      'aria-label': name,
      role: settings.isLauncher ? 'dialog' : 'region',
      lang: language,
      dir: directionOf(language),
    },
    header.element,
    log.element,
    past.element,
    foot,
    announcer.region,
  )
  const view = (isPast: boolean): void => {
    past.element.hidden = !isPast
    log.element.hidden = foot.hidden = isPast
    header.setView(isPast)
    if (isPast) past.show(known(), id)
  }
  const setSize = (size: Size): void => {
    ;(root.host as HTMLElement).dataset['size'] = size
    panel.setAttribute('aria-modal', String(size === 'full'))
  }
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      if (!past.element.hidden) goTo(id)
      else if (due(store.read(id) ?? store.current()) !== undefined) sender.stop(id)
      else if (header.size() !== 'normal') header.setSize('normal')
      else minimise()
    } else if (event.key === 'Tab' && header.size() === 'full') keepInside(event, panel, root)
  })

  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLE)
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
  store.watch((of) => {
    sender.look(of)
    if (of === id) show()
    sender.attend(of)
  })
  addEventListener('offline', () => note(words.offline, false))
  addEventListener('online', () => note(words.online))
  view(false)
  show()
  for (const { id: of } of store.list()) sender.attend(of)
  if (settings.mayAttach) void sees(place, model).then(composer.setPictures, () => undefined)

  return {
    setShown(isShown) {
      if (isShown) {
        root.append(panel)
        log.toEnd()
      } else panel.remove()
    },
    focus: composer.focus,
    send: say,
  }
}

/** On the whole screen, Tab goes round within it. */
function keepInside(event: KeyboardEvent, panel: HTMLElement, root: ShadowRoot): void {
  const all = [...panel.querySelectorAll<HTMLElement>('button, textarea, a[href], [tabindex="0"]')].filter(
    (one) => one.checkVisibility() && !one.matches(':disabled'),
  )
  const [first, last] = [all[0], all.at(-1)]
  const from = event.shiftKey ? first : last
  if (root.activeElement !== from) return
  event.preventDefault()
  ;(event.shiftKey ? last : first)?.focus()
}

function flag(name: string, is: boolean): void {
  try {
    if (is) localStorage.setItem(name, '1')
    else localStorage.removeItem(name)
  } catch {
    // then nothing outlives the page, and the visitor has been told
  }
}
