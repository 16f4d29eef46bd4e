// What a vendor's own events have told of an answer's items, as far as they came: to keep them when it breaks off, and to
// let another model's answer go on behind them. Pure.
import { count, type Fields, fieldsOf, text } from '../../fields.ts'
import {
  type Draft,
  type MessageDraft,
  type PartDraft,
  type Status,
  writeItem,
  writePart,
  writeSummary,
} from './drafts.ts'

export interface Told {
  /** Takes any event but those of the whole response. */
  see(type: string, event: Fields): void
  /** The items that are done, and what there is of messages that are not. */
  output(): Fields[]
  leave(): Left
}

/** What another answer begins with. */
export interface Left {
  readonly drafts: readonly Draft[]
  /** The last of them, where it is a message that goes on. */
  readonly message: MessageDraft | undefined
  /** The ends of all else that was open, still to be sent and numbered. */
  readonly ends: readonly Fields[]
}

interface Item {
  readonly index: number
  item: Fields
  isDone: boolean
  readonly parts: Part[]
}

interface Part {
  readonly kind: Kind
  readonly at: number
  text: string
  readonly annotations: unknown[]
  /** Where it was said to begin: the event that says its end. */
  end: string | undefined
  /** `said`: all of its words are told, but not yet that the part is done. */
  state: 'open' | 'said' | 'done'
}

type Kind = keyof typeof KINDS

/** The events of each kind of words (`.delta`, `.done`), and where the second has them whole. */
const KINDS = {
  text: ['response.output_text', 'text'],
  refusal: ['response.refusal', 'refusal'],
  summary: ['response.reasoning_summary_text', 'text'],
  thought: ['response.reasoning_text', 'text'],
  arguments: ['response.function_call_arguments', 'arguments'],
  input: ['response.custom_tool_call_input', 'input'],
} as const satisfies Record<string, readonly [string, string]>

const names = Object.keys(KINDS) as readonly Kind[] // its keys, no more and no less
const GROWS: ReadonlyMap<string, Kind> = new Map(names.map((kind) => [`${KINDS[kind][0]}.delta`, kind]))
const SAID: ReadonlyMap<string, Kind> = new Map(names.map((kind) => [`${KINDS[kind][0]}.done`, kind]))

const PARTS: ReadonlyMap<string, Kind> = new Map([
  ['output_text', 'text'],
  ['refusal', 'refusal'],
  ['summary_text', 'summary'],
  ['reasoning_text', 'thought'],
])

export function openTold(): Told {
  const items: Item[] = []
  const open = new Map<unknown, Item>() // by what the vendor calls their place

  const begin = (event: Fields): Item => {
    const index = count(event['output_index'])
    const item: Item = { index, item: fieldsOf(event['item']), isDone: false, parts: [] }
    items.push(item)
    return item
  }

  const seeRarer = (type: string, event: Fields): void => {
    const place = event['output_index']
    const item = open.get(place)
    const kind = SAID.get(type)
    if (type === 'response.output_item.added') open.set(place, begin(event))
    else if (type === 'response.output_item.done') {
      const ended = item ?? begin(event)
      ended.item = fieldsOf(event['item'])
      ended.isDone = true
      open.delete(place)
    } else if (item === undefined) return
    else if (kind !== undefined) {
      const part = partOf(item, kind, event)
      part.text = text(event[KINDS[kind][1]]) || part.text
      part.state = 'said'
    } else if (type.endsWith('_part.added')) {
      const added = PARTS.get(text(fieldsOf(event['part'])['type']))
      if (added !== undefined) partOf(item, added, event).end = type.replace(/added$/, 'done')
    } else if (type.endsWith('_part.done')) {
      const part = item.parts.findLast(({ at }) => at === placeOf(event))
      if (part !== undefined) part.state = 'done'
    } else if (type === 'response.output_text.annotation.added')
      partOf(item, 'text', event).annotations.push(event['annotation'])
  }

  return {
    see(type, event) {
      const kind = GROWS.get(type)
      if (kind === undefined) return seeRarer(type, event)
      const item = open.get(event['output_index'])
      if (item !== undefined) partOf(item, kind, event).text += text(event['delta'])
    },
    output: () =>
      items.flatMap((item) => {
        if (item.isDone) return [item.item]
        return item.item['type'] === 'message' ? [writeItem(draftOf(item, 'incomplete'))] : []
      }),
    leave() {
      const inOrder = items.toSorted((one, other) => one.index - other.index)
      const last = inOrder.at(-1)
      const goesOn = last?.isDone === false && last.item['type'] === 'message' ? last : undefined
      const message = goesOn === undefined ? undefined : draftOf(goesOn, 'in_progress')
      return {
        drafts: inOrder.map((one) =>
          one === goesOn && message !== undefined
            ? message
            : { kind: 'told', index: one.index, item: one.isDone ? one.item : writeWhole(one) },
        ),
        message,
        ends: inOrder.flatMap((one) => (one.isDone ? [] : endsOf(one, one === goesOn))),
      }
    },
  }
}

const placeOf = (event: Fields): number => count(event['content_index'] ?? event['summary_index'])

function partOf({ parts }: Item, kind: Kind, event: Fields): Part {
  const at = placeOf(event)
  const known = parts.findLast((part) => part.at === at && part.kind === kind)
  if (known !== undefined) return known
  const part: Part = { kind, at, text: '', annotations: [], end: undefined, state: 'open' }
  parts.push(part)
  return part
}

const draftOf = ({ item, index, parts }: Item, status: Status): MessageDraft => ({
  kind: 'message',
  id: text(item['id']),
  index,
  given: item,
  parts: parts.map(partDraft),
  status,
})

const partDraft = ({ kind, text: said, annotations, state }: Part): PartDraft => ({
  type: kind === 'refusal' ? 'refusal' : 'output_text',
  text: said,
  logprobs: [],
  annotations,
  isDone: state !== 'open',
})

function partFields(part: Part): Fields {
  if (part.kind === 'summary') return writeSummary(part.text)
  return part.kind === 'thought' ? { type: 'reasoning_text', text: part.text } : writePart(partDraft(part))
}

/** An item that nobody goes on with. Half of a thought's encrypted state is no proof of anything. */
function writeWhole(whole: Item): Fields {
  const { item, parts } = whole
  const { encrypted_content: _, ...rest } = item
  const of = (kind: Kind): readonly Part[] => parts.filter((part) => part.kind === kind)
  const wordsOf = (kind: Kind): string =>
    of(kind)
      .map((part) => part.text)
      .join('')
  switch (item['type']) {
    case 'message':
      return writeItem(draftOf(whole, 'completed'))
    case 'reasoning':
      return {
        ...rest,
        summary: of('summary').map(partFields),
        ...(of('thought').length === 0 ? {} : { content: of('thought').map(partFields) }),
      }
    case 'function_call':
      return { ...item, status: 'completed', arguments: wordsOf('arguments') || text(item['arguments']) }
    case 'custom_tool_call':
      return { ...item, status: 'completed', input: wordsOf('input') || text(item['input']) }
    default:
      return { ...item, status: 'incomplete' }
  }
}

const content = (at: number): Fields => ({ content_index: at })
const none = (): Fields => ({})

const INDEX: Readonly<Record<Kind, (at: number) => Fields>> = {
  text: content,
  refusal: content,
  thought: content,
  summary: (at) => ({ summary_index: at }),
  arguments: none,
  input: none,
}

/** The events that end an item; of one that goes on, those of the parts in which nothing more can be said. */
function endsOf(whole: Item, goesOn: boolean): Fields[] {
  const { item, index, parts } = whole
  const ends = parts.flatMap((part): Fields[] => {
    const { kind, at, state, end } = part
    if (goesOn && state === 'open') return []
    const [words, field] = KINDS[kind]
    const place = { item_id: item['id'], output_index: index, ...INDEX[kind](at) }
    const said = { type: `${words}.done`, ...place, [field]: part.text }
    return [
      ...(state === 'open' ? [kind === 'text' ? { ...said, logprobs: [] } : said] : []),
      ...(state === 'done' || end === undefined ? [] : [{ type: end, ...place, part: partFields(part) }]),
    ]
  })
  return goesOn
    ? ends
    : [...ends, { type: 'response.output_item.done', output_index: index, item: writeWhole(whole) }]
}
