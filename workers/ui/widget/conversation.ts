// A conversation as this browser remembers it: what was asked, what came, and what has yet to be sent. Pure.

/** `waiting`: still to be sent, or sent without a word so far. */
export type TurnState = 'waiting' | 'writing' | 'whole' | 'stopped' | 'failed'

/** Why a turn is not whole, by the name of the sentence that says it. */
export type Trouble = 'broken' | 'failed' | 'spent' | 'refused' | 'ended'

export interface Turn {
  /** Also what the gateway knows the request by: the same is never run twice. */
  readonly key: string
  readonly at: number
  readonly question: string
  /** As data addresses. */
  readonly pictures?: readonly string[]
  readonly answer: string
  readonly state: TurnState
  readonly trouble?: Trouble
  /** The id of the last event that came. */
  readonly mark?: string
  readonly requestId?: string
  /** The turn's id in the gateway's conversation. */
  readonly turn?: string
  /** What of the model is said: mini, frontier, fixed, cache. */
  readonly route?: string
  readonly rated?: 1 | -1
  /** Replaces this turn of the gateway's conversation, or answers it again. */
  readonly edits?: string
  readonly regenerates?: string
}

export interface Conversation {
  /** This browser's own. */
  readonly id: string
  readonly at: number
  readonly turns: readonly Turn[]
  /** The gateway's name for it, and what takes it up again; absent before the first message was sent. */
  readonly name?: string
  readonly renewal?: string
  /** Turns' keys whose answers nobody wants any more, which the gateway has not been told yet. */
  readonly unwanted?: readonly string[]
  /** What was said is gone here, and the gateway has not been told yet. */
  readonly isErased?: true
}

export const begin = (id: string, at: number): Conversation => ({ id, at, turns: [] })

export const add = (conversation: Conversation, turn: Turn): Conversation => ({
  ...conversation,
  at: turn.at,
  turns: [...conversation.turns, turn],
})

/** Changes one turn, where it is still there. */
export const change = (conversation: Conversation, key: string, more: Partial<Turn>): Conversation => ({
  ...conversation,
  turns: conversation.turns.map((turn) => (turn.key === key ? { ...turn, ...more } : turn)),
})

/** Puts a new turn into the place of one, whose followers go; answers that still come to any of them are not wanted. */
export function replace(conversation: Conversation, key: string, turn: Turn): Conversation {
  const { turns } = conversation
  const at = turns.findIndex((one) => one.key === key)
  if (at < 0) return add(conversation, turn)
  const gone = turns.slice(at).filter(isOpen)
  const without = gone.reduce((rest, one) => unwant(rest, one.key), conversation)
  return { ...without, at: turn.at, turns: [...turns.slice(0, at), turn] }
}

/** Asks the same once more, where others have been asked since: after them. */
export const moved = (conversation: Conversation, key: string, turn: Turn): Conversation =>
  add({ ...conversation, turns: conversation.turns.filter((one) => one.key !== key) }, turn)

/** Nothing of it stays but what the gateway must be told. */
export const erase = (conversation: Conversation): Conversation => ({
  ...conversation.turns.filter(isOpen).reduce((rest, one) => unwant(rest, one.key), conversation),
  turns: [],
  isErased: true,
})

export const unwant = (conversation: Conversation, key: string): Conversation => ({
  ...conversation,
  unwanted: [...(conversation.unwanted ?? []), key],
})

export const isOpen = ({ state }: Turn): boolean => state === 'waiting' || state === 'writing'

/** The first that has to be sent or heard to its end. */
export const due = ({ turns }: Conversation): Turn | undefined => turns.find(isOpen)

/** Whether the gateway has still to be asked or told something. */
export const isBusy = (conversation: Conversation): boolean =>
  due(conversation) !== undefined ||
  conversation.unwanted?.[0] !== undefined ||
  conversation.isErased === true

/** How a question takes another's place: in that of its turn, or of what that was to replace where nothing of it was kept. */
export const placeOf = ({ answer, turn, regenerates, edits }: Turn): string | undefined =>
  answer !== '' && turn !== undefined ? turn : (regenerates ?? edits)

const TITLE_CHARS = 60

export function titleOf({ turns }: Conversation): string {
  const text = (turns[0]?.question ?? '').trim().replaceAll(/\s+/g, ' ')
  return text.length > TITLE_CHARS ? `${text.slice(0, TITLE_CHARS - 1)}…` : text
}
