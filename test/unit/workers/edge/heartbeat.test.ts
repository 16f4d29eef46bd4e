// The sign of life: only in silence, as often as asked, never after the end.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readFrames } from '../../../../shared/sse.ts'
import { COMMENT, heartbeat } from '../../../../workers/edge/heartbeat.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

describe('the heartbeat of a stream', () => {
  it('beats once per interval of silence', () => {
    const beats: number[] = []
    const heart = heartbeat(1_000, Date.now, () => beats.push(Date.now()))
    vi.advanceTimersByTime(3_500)
    expect(beats).toEqual([1_000, 2_000, 3_000])
    heart.stop()
  })

  it('waits a whole interval after everything that is written', () => {
    const beats: number[] = []
    const heart = heartbeat(1_000, Date.now, () => beats.push(Date.now()))
    for (const at of [600, 1_200, 1_800]) {
      vi.advanceTimersByTime(at - Date.now())
      heart.touch()
    }
    vi.advanceTimersByTime(1_500)
    expect(beats).toEqual([2_800])
    heart.stop()
  })

  it('ends with the stream, and leaves no timer behind', () => {
    const beat = vi.fn()
    heartbeat(1_000, Date.now, beat).stop()
    vi.advanceTimersByTime(5_000)
    expect([beat.mock.calls.length, vi.getTimerCount()]).toEqual([0, 0])
  })

  it('does not exist where it is switched off', () => {
    heartbeat(0, Date.now, vi.fn())
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is nothing to a reader of server-sent events', () => expect(readFrames()(COMMENT, true)).toEqual([]))
})
