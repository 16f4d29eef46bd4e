import { describe, expect, it } from 'vitest'
import { loadEngine } from '../../../workers/micro/engine.ts'
import { ContextLengthError, fitPrompt } from '../../../workers/micro/prompt.ts'
import type { ChatMessage } from '../../../workers/micro/template.ts'
import { kernelModule } from './load.ts'
import { makeGguf, SMALL } from './synthetic.ts'
import { processorMs } from '../../lab/slowdown.ts'

const engine = loadEngine(makeGguf(SMALL), kernelModule())
const user = (content: string): ChatMessage => ({ role: 'user', content })
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content })
const system: ChatMessage = { role: 'system', content: 'Be brief.' }
const turn = (index: number) => [user(`question ${index} ${'x'.repeat(20)}`), assistant(`answer ${index}`)]
const turns = (count: number) => Array.from({ length: count }, (_, index) => turn(index)).flat()

describe('a conversation', () => {
  it('that fits is kept whole', () => {
    const messages = [system, ...turns(1), user('now?')]
    expect(fitPrompt(engine, messages, undefined)).toEqual({
      tokens: engine.prompter(messages),
      droppedMessages: 0,
    })
  })

  it('that does not fit loses its oldest turns, never its system message or last question', () => {
    const messages = [system, ...turns(20), user('now?')]
    const { tokens, droppedMessages } = fitPrompt(engine, messages, undefined)
    expect(droppedMessages).toBeGreaterThan(0)
    expect(droppedMessages % 2).toBe(0)
    expect(tokens).toEqual(engine.prompter([system, ...messages.slice(1 + droppedMessages)]))
    expect(tokens.length).toBeLessThanOrEqual(SMALL.contextLength - 96)
  })

  it('that grows beyond the context begins alike for several turns, which then need not be computed again', () => {
    const wide = loadEngine(makeGguf(SMALL, { 'llama.context_length': 1024 }), kernelModule())
    const cuts = Array.from(
      { length: 80 },
      (_, count) => fitPrompt(wide, [system, ...turns(count), user('now?')], undefined).droppedMessages,
    )
    const moves = cuts.filter((cut, index) => cut !== (cuts[index - 1] ?? 0)).length
    expect(cuts.at(-1)).toBeGreaterThan(80)
    expect(moves).toBeGreaterThan(1)
    expect(moves).toBeLessThan(15)
    expect(cuts).toEqual(cuts.toSorted((a, b) => a - b))
  })

  it('keeps more where a short answer is enough', () => {
    const messages = [...turns(20), user('now?')]
    expect(fitPrompt(engine, messages, 1).droppedMessages).toBeLessThan(
      fitPrompt(engine, messages, undefined).droppedMessages,
    )
  })

  it('of one long question may use the room of the answer', () => {
    expect(fitPrompt(engine, [user('wxyz '.repeat(40))], undefined).droppedMessages).toBe(0)
  })

  it('whose last question alone is too long is an error that says so', () => {
    expect(() => fitPrompt(engine, [user('wxyz '.repeat(400))], undefined)).toThrow(ContextLengthError)
  })

  it('may be a system message alone', () => {
    expect(fitPrompt(engine, [system], undefined)).toEqual({
      tokens: engine.prompter([system]),
      droppedMessages: 0,
    })
    expect(() => fitPrompt(engine, [{ ...system, content: 'wxyz '.repeat(400) }], undefined)).toThrow(
      ContextLengthError,
    )
  })

  it('of megabytes is refused without being tokenized', () => {
    const startedAt = processorMs()
    expect(() => fitPrompt(engine, [user('a'.repeat(5_000_000))], undefined)).toThrow(ContextLengthError)
    expect(
      fitPrompt(engine, [...Array.from({ length: 5_000 }, () => user('x')), user('now?')], undefined)
        .droppedMessages,
    ).toBeGreaterThan(4_000)
    expect(processorMs() - startedAt).toBeLessThan(2_000)
  })
})
