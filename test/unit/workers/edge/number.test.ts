// Ids of events: every event has one, in order, whatever else stands in a write.
import { describe, expect, it } from 'vitest'
import { readFrames } from '../../../../shared/sse.ts'
import { numbering, unnumbered } from '../../../../workers/edge/number.ts'

describe('the events of a stream', () => {
  it('are numbered from 1, one or many in a write', () => {
    const { write } = numbering('s1')
    expect(write('data: a\n\n')).toBe('id: s1.1\ndata: a\n\n')
    expect(write('data: b\n\nevent: c\ndata: c\n\n')).toBe(
      'id: s1.2\ndata: b\n\nid: s1.3\nevent: c\ndata: c\n\n',
    )
    expect(write('')).toBe('')
    expect(write('data: d\n\n')).toBe('id: s1.4\ndata: d\n\n')
  })

  it('mean the same to a reader', () => {
    const text = 'event: a\ndata: {"x":"\\n\\n"}\n\ndata: [DONE]\n\n'
    expect(readFrames()(numbering('s1').write(text), true)).toEqual(readFrames()(text, true))
  })

  it('are not counted where they are signs of life', () => {
    const { write, beat } = numbering('s1')
    const ping = 'event: ping\ndata: {}\n\n'
    expect(beat(ping)).toBe(`id: s1.0\n${ping}`)
    write('data: a\n\n')
    expect(beat(ping)).toBe(`id: s1.1\n${ping}`)
    expect(beat(': \n\n')).toBe(': \n\n')
    expect(write('data: b\n\n')).toMatch(/^id: s1\.2\n/)
  })

  it('stay as they are where their clients read nothing but data', () => {
    expect(unnumbered.write('data: a\n\n')).toBe('data: a\n\n')
    expect(unnumbered.beat('\n')).toBe('\n')
  })
})
