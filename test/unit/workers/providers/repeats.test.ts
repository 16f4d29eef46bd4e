// Which instructions are known to come again.
import { expect, it } from 'vitest'
import { openRepeats } from '../../../../workers/providers/repeats.ts'
import { message, requestFor } from '../../samples.ts'

const LONG = 'x'.repeat(2_000)
const asking = (instructions: string, tenant = 'key_1') =>
  requestFor('', { messages: [message(instructions, 'system'), message('Hi')], tenant })

it('tells the second of two that begin alike, of one key, at one target, within five minutes', async () => {
  const repeats = openRepeats()
  expect(await repeats.note(asking(LONG), 'a/m', 0)).toBe(false)
  expect(await repeats.note(asking(LONG), 'a/m', 300_000)).toBe(true)
  expect(await repeats.note(asking(LONG), 'a/m', 600_001)).toBe(false)
  expect(await repeats.note(asking(`${LONG}!`), 'a/m', 600_002)).toBe(false)
  expect(await repeats.note(asking(LONG), 'b/m', 600_003)).toBe(false)
  expect(await repeats.note(asking(LONG, 'key_2'), 'a/m', 600_004)).toBe(false)
})

it('remembers nothing too short to be kept, and no more than a thousand', async () => {
  const repeats = openRepeats()
  for (const at of [0, 1]) expect(await repeats.note(asking('short'), 'a/m', at)).toBe(false)
  for (let count = 0; count < 1_001; count += 1) await repeats.note(asking(`${LONG}${count}`), 'a/m', 2)
  expect(await repeats.note(asking(`${LONG}0`), 'a/m', 3)).toBe(false)
  expect(await repeats.note(asking(`${LONG}1000`), 'a/m', 4)).toBe(true)
})
