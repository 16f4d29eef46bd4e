// Limits on work that listens to a signal: narrower scopes, timeouts, pauses that can be broken off.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import { pause, scope, timedOut, within } from '../../../../workers/attempt/clock.ts'
import { cxAt } from '../../samples.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const cancelled = new Failed({ kind: 'cancelled' })

describe('a scope', () => {
  it('ends with the one around it, for the same reason', () => {
    const outer = cxAt()
    const inner = scope(outer)
    outer.abort(cancelled)
    expect(inner.cx.signal.reason).toBe(cancelled)
  })

  it('ends alone without ending the one around it', () => {
    const outer = cxAt()
    const inner = scope(outer)
    inner.abort(cancelled)
    expect([inner.cx.signal.aborted, outer.signal.aborted]).toEqual([true, false])
  })

  it('of something that has ended has ended', () => {
    const outer = cxAt()
    outer.abort(cancelled)
    expect(scope(outer).cx.signal.aborted).toBe(true)
  })

  it('that is closed does not listen any more', () => {
    const outer = cxAt()
    const inner = scope(outer)
    inner.close()
    outer.abort(cancelled)
    expect(inner.cx.signal.aborted).toBe(false)
  })
})

describe('a limit', () => {
  it('lets work that is in time through, value or failure, and leaves no timer behind', async () => {
    const told = vi.fn()
    await expect(within(10, 'head', Promise.resolve(5), told)).resolves.toBe(5)
    await expect(within(10, 'head', Promise.reject(cancelled), told)).rejects.toBe(cancelled)
    expect(vi.getTimerCount()).toBe(0)
    expect(told).not.toHaveBeenCalled()
  })

  it('ends what hangs, tells it, and does not wait until it hears', async () => {
    const told = vi.fn()
    const limited = within(10, 'first-token', new Promise(() => undefined), told)
    const caught = limited.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(10)
    expect(await caught).toMatchObject({ failure: { kind: 'timeout', phase: 'first-token', limitMs: 10 } })
    expect(told).toHaveBeenCalledOnce()
  })

  it('that is raised on the way holds from the beginning', async () => {
    let limitMs = 10
    const limited = within(() => limitMs, 'head', new Promise(() => undefined), vi.fn())
    const caught = limited.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(5)
    limitMs = 100
    await vi.advanceTimersByTimeAsync(94)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await caught).toMatchObject({ failure: { limitMs: 100 } })
  })

  it('is named in its failure', () =>
    expect(timedOut('idle', 7).failure).toEqual({ kind: 'timeout', phase: 'idle', limitMs: 7 }))
})

describe('a pause', () => {
  it('ends in its time', async () => {
    const paused = pause(50, cxAt().signal)
    await vi.advanceTimersByTimeAsync(50)
    await expect(paused).resolves.toBeUndefined()
  })

  it('is broken off with the reason of the signal, its timer with it', async () => {
    const cx = cxAt()
    const caught = pause(50, cx.signal).catch((error: unknown) => error)
    cx.abort(cancelled)
    expect(await caught).toBe(cancelled)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is not begun when it was broken off before', async () => {
    const cx = cxAt()
    cx.abort(cancelled)
    await expect(pause(50, cx.signal)).rejects.toBe(cancelled)
  })
})
