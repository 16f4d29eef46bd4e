// A sentence turned into JSON of a stated shape: every field, every type, nothing else. Pure.
import { jsonIn, sameJson } from '../checks/json.ts'
import type { Random } from '../../../shared/random.ts'
import type { Maker } from './task.ts'
import { GOODS, PEOPLE, TOWNS, TRADES } from './words.ts'

type Form = (random: Random) => { readonly text: string; readonly schema: unknown; readonly value: unknown }

const object = (properties: Readonly<Record<string, unknown>>): unknown => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})

const text = { type: 'string' }
const whole = { type: 'integer' }

const FORMS: readonly [Form, ...Form[]] = [
  (random) => {
    const [name, town, trade, age] = [
      random.pick(PEOPLE),
      random.pick(TOWNS),
      random.pick(TRADES),
      random.whole(19, 80),
    ]
    const isMember = random.next() < 0.5
    return {
      text: `${name}, ${age}, is a ${trade} in ${town} and ${isMember ? 'is' : 'is not'} a member of the club.`,
      schema: object({ name: text, age: whole, trade: text, town: text, member: { type: 'boolean' } }),
      value: { name, age, trade, town, member: isMember },
    }
  },
  (random) => {
    const goods = random.some(GOODS, 3)
    const counts = goods.map(() => random.whole(2, 60))
    return {
      text: `Please send ${counts[0]} ${goods[0]}, ${counts[1]} ${goods[1]} and ${counts[2]} ${goods[2]}. List them in this order.`,
      schema: object({ items: { type: 'array', items: object({ product: text, count: whole }) } }),
      value: { items: goods.map((product, at) => ({ product, count: counts[at] })) },
    }
  },
  (random) => {
    const [from = '', to = ''] = random.some(TOWNS, 2)
    const stops = random.some(
      TOWNS.filter((town) => town !== from && town !== to),
      random.whole(0, 2),
    )
    return {
      text: `The train goes from ${from} to ${to}${stops.length === 0 ? ' without a stop' : `, stopping first in ${stops.join(' and then in ')}`}; a ticket costs ${random.whole(11, 60)} crowns.`,
      schema: object({ from: text, to: text, stops: { type: 'array', items: text } }),
      value: { from, to, stops },
    }
  },
]

export const record: Maker = (random) => {
  const { text, schema, value } = random.pick(FORMS)(random)
  return {
    prompt: `Turn this into JSON that follows the schema. Answer with the JSON only.\n\nText: ${text}\n\nSchema: ${JSON.stringify(schema)}`,
    example: JSON.stringify(value),
    isRight: (answer) => sameJson(jsonIn(answer), value),
  }
}
