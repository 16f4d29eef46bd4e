// What becomes of a message that did not get through, by what went wrong.
import { describe, expect, it } from 'vitest'
import { decide } from '../../../../workers/ui/widget/decide.ts'

const wrong = (status: number, code = '', retryAfterMs?: number) => ({ status, code, retryAfterMs })

describe('a message', () => {
  it('is sent again at once over a line that broke, then ever later, and never given up', () => {
    const pauses = Array.from({ length: 1_000 }, (_, at) => decide(wrong(0, 'cut'), at + 1, true))
    expect(pauses[0]).toEqual({ what: 'again', afterMs: 250, say: 'resuming' })
    expect(pauses[4]).toEqual({ what: 'again', afterMs: 4_000, say: 'resuming' })
    expect(pauses[5]).toEqual({ what: 'again', afterMs: 8_000, say: 'away' })
    expect(pauses[999]).toEqual({ what: 'again', afterMs: 60_000, say: 'away' })
  })

  it('waits as long as it is told where many ask', () => {
    expect(decide(wrong(429, 'rate_limit_exceeded', 3_000), 1, false)).toEqual({
      what: 'again',
      afterMs: 3_000,
      say: 'busy',
    })
    expect(decide(wrong(503), 7, false)).toEqual({ what: 'give-up', trouble: 'failed' })
    expect(decide(wrong(409, 'conversation_busy'), 1, false)).toMatchObject({ what: 'again' })
  })

  it('begins anew where the gateway no longer has what came so far', () => {
    expect(decide(wrong(404, 'stream_not_found'), 1, true)).toEqual({ what: 'anew' })
  })

  it('is given up, in words, where trying would not help', () => {
    const troubles = [
      [wrong(429, 'insufficient_quota'), 'spent'],
      [wrong(401, 'visitor_token_expired'), 'ended'],
      [wrong(401, 'invalid_api_key'), 'refused'],
      [wrong(403, 'origin_not_allowed'), 'refused'],
      [wrong(400), 'failed'],
      [wrong(500), 'failed'],
    ] as const
    for (const [what, trouble] of troubles)
      expect(decide(what, 1, false)).toEqual({ what: 'give-up', trouble })
    expect(decide(wrong(500), 1, true)).toEqual({ what: 'give-up', trouble: 'broken' })
  })
})
