// The marks that say up to where a prompt is kept in the vendor's cache: the client's own, or ours where it set none. Pure.
// Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching. The prompt is read in the order of tools,
// instructions, messages; from a mark, what was written at one before it is looked for over 20 blocks.
import { MAX_MARKS, turnsToMark, type Wanted } from '../../caching.ts'
import { type Fields, fieldsOf, isFields, listOf, text } from '../../fields.ts'
import { type Drop, writeCache } from './parts.ts'

const PLACES = ['tools', 'system', 'messages'] as const

const isMarked = (value: Fields): boolean => (value['cache_control'] ?? undefined) !== undefined

/** Changes the body, never what is in it: that may be the client's own. */
export function settleMarks(body: Record<string, unknown>, wanted: Wanted, drop: Drop): void {
  const isAutomatic = isMarked(body)
  const count = PLACES.reduce((sum, place) => sum + countIn(body[place]), isAutomatic ? 1 : 0)
  if (count > MAX_MARKS) return trim(body, count - MAX_MARKS, drop)
  if (count > 0) return
  if (wanted.instructions) markInstructions(body)
  if (wanted.turns) markTurns(body)
}

function countIn(list: unknown): number {
  let count = 0
  for (const one of listOf(list).map(fieldsOf)) count += countIn(one['content']) + (isMarked(one) ? 1 : 0)
  return count
}

/** The earliest go: what is kept up to a later mark holds what was kept up to them. */
function trim(body: Record<string, unknown>, surplus: number, drop: Drop): void {
  let left = surplus
  const trimmed = (value: unknown): unknown => {
    if (!isFields(value)) return value
    const { content } = value
    const inner = Array.isArray(content) && left > 0 ? content.map(trimmed) : content
    const own = inner === content ? value : { ...value, content: inner }
    if (left === 0 || !isMarked(own)) return own
    left -= 1
    const { cache_control: _, ...unmarked } = own
    return unmarked
  }
  for (const place of PLACES) {
    const list = body[place]
    if (Array.isArray(list) && left > 0) body[place] = list.map(trimmed)
  }
  drop('cache_control')
}

function markInstructions(body: Record<string, unknown>): void {
  const marked = markLast(body['system'])
  if (marked !== undefined) body['system'] = marked
  else body['tools'] = markLast(body['tools']) ?? body['tools']
}

function markTurns(body: Record<string, unknown>): void {
  const messages = listOf(body['messages']).map(fieldsOf)
  const places = turnsToMark(messages.map(({ role }) => role))
  body['messages'] = messages.map((message, at) => {
    const content = places.includes(at) ? markLast(message['content']) : undefined
    return content === undefined ? message : { ...message, content }
  })
}

/** With a mark on the last block that can carry one; undefined where none can. A text stands for one block. */
function markLast(content: unknown): Fields[] | undefined {
  const blocks: Fields[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content).map(fieldsOf)
  const last = blocks.findLastIndex(carries)
  if (last < 0) return undefined
  return blocks.map((block, at) => (at === last ? { ...block, ...writeCache('5m') } : block))
}

/** Neither thoughts nor empty texts can be marked. */
function carries(block: Fields): boolean {
  const { type } = block
  if (type === 'thinking' || type === 'redacted_thinking') return false
  return type !== 'text' || text(block['text']).trim() !== ''
}
