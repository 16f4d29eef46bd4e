// What a model is told of a Response, and how one is kept that did not end well.
import { describe, expect, it } from 'vitest'
import type { Fields } from '../../../../shared/fields.ts'
import { cancelled, failed, joinsConversation, saidIn } from '../../../../workers/thread/closing.ts'

const message = (id: string, status = 'completed'): Fields => ({ type: 'message', id, status, content: [] })
const call = (id: string, status = 'completed'): Fields => ({ type: 'function_call', id, status })
const thought = (id: string): Fields => ({ type: 'reasoning', id, summary: [] })
const response = (status: string, ...output: Fields[]): Fields => ({ id: 'resp', status, output })
const idsOf = (items: readonly Fields[]): unknown => items.map(({ id }) => id)

describe('of a response the model is told', () => {
  const cases: readonly [string, Fields, readonly string[]][] = [
    ['everything, where it completed', response('completed', thought('t'), call('c')), ['t', 'c']],
    ['half a message, where it broke off there', response('failed', message('m', 'incomplete')), ['m']],
    ['no call whose arguments broke off', response('failed', message('m'), call('c', 'incomplete')), ['m']],
    ['no thought that led to nothing', response('cancelled', message('m'), thought('t')), ['m']],
    ['no thought whose call broke off', response('incomplete', thought('t'), call('c', 'incomplete')), []],
    ['nothing, where there was nothing', response('failed'), []],
  ]
  it.each(cases)('%s', (_, kept, wanted) => expect(idsOf(saidIn(kept))).toEqual(wanted))
})

describe('a Response', () => {
  const running = response('in_progress', message('done'), message('half', 'in_progress'))

  it('that nobody waits for any more is cancelled, and what it was about to say incomplete', () => {
    expect(cancelled(running)).toEqual(response('cancelled', message('done'), message('half', 'incomplete')))
  })

  it.each(['completed', 'failed', 'incomplete'])('that is %s stays so when its client leaves', (status) => {
    const ended = response(status, message('m'))
    expect(cancelled(ended)).toBe(ended)
  })

  it('of a lost run has failed, and says why', () => {
    expect(failed(running, 'Lost.')).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', message: 'Lost.' },
      output: [message('done'), message('half', 'incomplete')],
    })
  })

  it.each([
    ['completed', true],
    ['incomplete', true],
    ['failed', false],
    ['cancelled', false],
    ['in_progress', false],
  ])('that is %s joins its conversation: %s', (status, joins) => {
    expect(joinsConversation(response(status))).toBe(joins)
  })
})
