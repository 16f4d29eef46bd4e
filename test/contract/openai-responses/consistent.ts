// The rules that the events of a Responses stream keep among themselves.
import { expect } from 'vitest'
import type { Json } from './asking.ts'

/** Every event speaks of an item that was added, parts count up, and what is done is what was said. */
export function expectConsistent(events: readonly Json[]): void {
  const ids = new Map<unknown, unknown>()
  const text = new Map<string, string>()
  for (const event of events) {
    const index = event['output_index']
    if (event['type'] === 'response.output_item.added') {
      expect(index).toBe(ids.size)
      ids.set(index, (event['item'] as Json)['id'])
      expect(new Set(ids.values()).size).toBe(ids.size)
    }
    if (event['item_id'] !== undefined) expect(event['item_id']).toBe(ids.get(index))
    if (event['type'] === 'response.output_item.done')
      expect((event['item'] as Json)['id']).toBe(ids.get(index))
    const type = String(event['type'])
    const key = `${String(index)}:${String(event['content_index'] ?? event['summary_index'])}:${type.replace(/\.\w+$/, '')}`
    if (type.endsWith('.delta')) text.set(key, (text.get(key) ?? '') + String(event['delta']))
    const whole = event['text'] ?? event['refusal'] ?? event['arguments']
    if (type.endsWith('.done') && whole !== undefined) expect(whole).toBe(text.get(key) ?? '')
  }
}
