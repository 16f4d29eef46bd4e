// How often a conversation with a token budget begins differently from the turn before: so often a vendor's cache has
// nothing of it. It is to be cut in blocks, not a turn at a time.
import { describe, expect, it } from 'vitest'
import type { StoredMessage } from '../../../../workers/conversation/transcript.ts'
import { assistant, NOON, openTalk, system, user } from './talk.ts'

const TURNS = 100
const BUDGET = 4_000
/** About 140 tokens a turn, so that 28 fill the budget, and a quarter of it is 7. */
const WORDS = 'word '.repeat(50)

interface Measured {
  /** Turns whose prompt does not begin with all of the one before. */
  readonly anew: number
  /** The part of all that was sent that the prompt before began with. */
  readonly shared: number
  /** The part of the budget that is used, once it has been full. */
  readonly used: number
}

const size = (messages: readonly StoredMessage[]): number => JSON.stringify(messages).length

function measure(isSummed: boolean): Measured {
  const talk = openTalk()
  const room = { room: BUDGET }
  let before: readonly StoredMessage[] = []
  let [anew, shared, sent, used, full] = [0, 0, 0, 0, 0]
  for (let at = 0; at < TURNS; at += 1) {
    const question = [...(at === 0 ? [system('Be kind.')] : []), user(`${at} ${WORDS}`)]
    const { messages, tokens, left } = talk.ask(question, room)
    const other = before.findIndex((one, place) => JSON.stringify(one) !== JSON.stringify(messages[place]))
    if (other >= 0) anew += 1
    shared += size(messages.slice(0, other < 0 ? before.length : other))
    sent += size(messages)
    if (left.turns > 0) [used, full] = [used + tokens / BUDGET, full + 1]
    before = messages
    talk.say(question, assistant(`${at} ${WORDS}`), room)
    const span = isSummed ? talk.keeper.span() : undefined
    if (span !== undefined)
      talk.keeper.summarised(span, { text: 'They spoke.', tokens: 40, model: 'lab/mini', at: NOON })
  }
  return { anew, shared: shared / sent, used: used / full }
}

describe('a hundred turns with room for twenty-eight', () => {
  it('begin anew about once in seven, and use most of the room', () => {
    const { anew, shared, used } = measure(false)
    expect(anew).toBeGreaterThan(5) // something is cut at all
    expect(anew).toBeLessThanOrEqual(12)
    expect(shared).toBeGreaterThan(0.8)
    expect(used).toBeGreaterThan(0.8)
  })

  it('begin anew twice as often at most where what is cut is summed up behind it', () => {
    const { anew, shared } = measure(true)
    expect(anew).toBeLessThanOrEqual(24)
    expect(shared).toBeGreaterThan(0.75)
  })
})
