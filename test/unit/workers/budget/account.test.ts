// Whose budgets apply to a request.
import { describe, expect, it } from 'vitest'
import { accountsOf } from '../../../../workers/budget/account.ts'
import type { Budget } from '../../../../workers/service.ts'
import { callerWith, requestFor } from '../../samples.ts'

const day: Budget = { unit: 'usd', window: 'day', limit: 5 }
const total = (limit: number): Budget => ({ unit: 'usd', window: 'total', limit })
const project = { id: 'proj_1', name: 'P', budgets: [day] }
const talking = requestFor('Hi', { conversation: 'key_1/talk' })

describe('the accounts of a request', () => {
  it('are those that have budgets', () => {
    expect(accountsOf(callerWith(), requestFor('Hi'))).toEqual([])
    expect(
      accountsOf(callerWith({ budgets: [day], project }), talking).map(({ name, whose }) => [name, whose]),
    ).toEqual([
      ['key_1', 'key'],
      ['proj_1', 'project'],
    ])
  })

  it("have the conversation's, named after its key, with the lower of two limits of one kind", () => {
    const caller = callerWith({ conversationBudget: total(9) })
    const conversation = { name: 'key_1/talk', whose: 'conversation' }
    expect(accountsOf(caller, talking)).toEqual([{ ...conversation, budgets: [total(9)] }])
    expect(accountsOf(caller, talking, 4)).toEqual([{ ...conversation, budgets: [total(4)] }])
    expect(accountsOf(caller, talking, 9)).toEqual([{ ...conversation, budgets: [total(9)] }])
    expect(accountsOf(callerWith(), talking, 4)).toEqual([{ ...conversation, budgets: [total(4)] }])
    const tokens: Budget = { unit: 'tokens', window: 'total', limit: 7 }
    expect(accountsOf(callerWith({ conversationBudget: tokens }), talking, 4)[0]?.budgets).toHaveLength(2)
  })

  it('have that of a conversation of the Responses API too', () => {
    const caller = callerWith({ conversationBudget: total(9) })
    const request = requestFor('Hi', {
      response: { conversationId: 'conv_1', store: true, background: false },
    })
    expect(accountsOf(caller, request)[0]?.name).toBe('key_1/conv_1')
  })
})
