// A client's traceparent: what of it is believed.
import { expect, it } from 'vitest'
import { traceOf } from '../../../../workers/edge/trace.ts'

const [TRACE, SPAN] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
const read = (traceparent: string): string | undefined => traceOf(new Headers({ traceparent }))

it('names the trace and the span', () => expect(read(`00-${TRACE}-${SPAN}-01`)).toBe(`${TRACE}-${SPAN}`))
it('of a later version may go on', () => expect(read(`01-${TRACE}-${SPAN}-00-more`)).toBe(`${TRACE}-${SPAN}`))
it('need not be there', () => expect(traceOf(new Headers())).toBeUndefined())
it.each([
  '',
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE}-${SPAN}`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-0x`,
])('%j is not believed', (sent) => expect(read(sent)).toBeUndefined())
