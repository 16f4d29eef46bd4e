// Schemas between JSON Schema and the subset of OpenAPI's that Google's older fields take.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSchema, writeSchema } from '../../../shared/dialects/gemini/openapi.ts'
import { generateBody } from '../../lab/gemini-schema.ts'

describe('a schema of OpenAPI as JSON Schema', () => {
  const cases: readonly [string, unknown, unknown][] = [
    [
      'types become small, counts numbers',
      { type: 'ARRAY', items: { type: 'STRING', minLength: '2' }, maxItems: '5' },
      { type: 'array', items: { type: 'string', minLength: 2 }, maxItems: 5 },
    ],
    [
      'what may be null has two types',
      { type: 'OBJECT', properties: { a: { type: 'INTEGER', nullable: true } }, required: ['a'] },
      { type: 'object', properties: { a: { type: ['integer', 'null'] } }, required: ['a'] },
    ],
    [
      'an enum that may be null holds null',
      { type: 'STRING', format: 'enum', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      'alternatives that may be null have one more',
      { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }], nullable: true },
      { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
    ],
    [
      'names in snake case',
      { any_of: [{ type: 'BOOLEAN' }], min_items: 1 },
      { anyOf: [{ type: 'boolean' }], minItems: 1 },
    ],
    ['an example is one of several', { type: 'STRING', example: 'x' }, { type: 'string', examples: ['x'] }],
    ['no schema allows everything', 'STRING', {}],
  ]
  for (const [name, given, expected] of cases) it(name, () => expect(readSchema(given)).toEqual(expected))
})

describe('a JSON Schema as a schema of OpenAPI', () => {
  const cases: readonly [string, unknown, unknown][] = [
    [
      'keywords that it lacks are left out',
      {
        $schema: 'x',
        type: 'object',
        additionalProperties: false,
        properties: { a: { type: 'string', exclusiveMinimum: 1 } },
      },
      { type: 'OBJECT', properties: { a: { type: 'STRING' } } },
    ],
    [
      'references are put where they point, also into each other',
      {
        type: 'object',
        properties: { a: { $ref: '#/$defs/A', description: 'Mine.' } },
        $defs: {
          A: { type: 'array', items: { $ref: '#/$defs/B~1C' }, description: 'Theirs.' },
          'B/C': { type: 'number' },
        },
      },
      {
        type: 'OBJECT',
        properties: { a: { type: 'ARRAY', items: { type: 'NUMBER' }, description: 'Mine.' } },
      },
    ],
    [
      'one that stands within itself ends there',
      {
        $ref: '#/$defs/Tree',
        $defs: { Tree: { type: 'object', properties: { left: { $ref: '#/$defs/Tree' } } } },
      },
      { type: 'OBJECT', properties: { left: {} } },
    ],
    ['null beside a type is `nullable`', { type: ['string', 'null'] }, { type: 'STRING', nullable: true }],
    [
      'several types are alternatives',
      { type: ['string', 'integer', 'null'] },
      { anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }], nullable: true },
    ],
    [
      'null among alternatives is `nullable`',
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      { anyOf: [{ type: 'STRING' }], nullable: true },
    ],
    ['one of is any of', { oneOf: [{ type: 'string' }] }, { anyOf: [{ type: 'STRING' }] }],
    ['a constant is an enum of one', { const: 'a' }, { type: 'STRING', format: 'enum', enum: ['a'] }],
    ['an enum holds texts only', { enum: ['a', 1, null] }, { type: 'STRING', format: 'enum', enum: ['a'] }],
    ['an enum without texts is none', { type: 'integer', enum: [1, 2] }, { type: 'INTEGER' }],
    ['no schema is no schema', null, {}],
  ]
  for (const [name, given, expected] of cases) it(name, () => expect(writeSchema(given)).toEqual(expected))

  it('that unfolds without end is cut off', () => {
    const defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [
        `n${at}`,
        {
          type: 'object',
          properties: { a: { $ref: `#/$defs/n${at + 1}` }, b: { $ref: `#/$defs/n${at + 1}` } },
        },
      ]),
    )
    expect(JSON.stringify(writeSchema({ $ref: '#/$defs/n0', $defs: defs })).length).toBeLessThan(2_000_000)
  })

  it('has a shape that the vendor takes, whatever is in it', () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/)
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4 },
        fc.record(
          {
            type: fc.constantFrom('string', 'integer', 'boolean'),
            description: word,
            format: word,
            x: fc.jsonValue(),
          },
          { requiredKeys: ['type'] },
        ),
        fc.record({
          type: fc.uniqueArray(fc.constantFrom('string', 'number', 'null', 'object'), { minLength: 1 }),
        }),
        fc.record({ enum: fc.array(fc.oneof(word, fc.integer(), fc.constant(null))) }),
        fc.record({ const: fc.oneof(word, fc.integer()) }),
        fc.record({ $ref: fc.constantFrom('#', '#/properties/a', '#/nowhere', 'https://example.com/x') }),
        fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat() }),
        fc.record({
          type: fc.constant('object'),
          properties: fc.dictionary(word, tie('schema'), { maxKeys: 3 }),
          required: fc.array(word),
          additionalProperties: fc.boolean(),
        }),
        fc.record({ anyOf: fc.array(tie('schema'), { maxLength: 3 }) }),
        fc.record({ allOf: fc.array(tie('schema'), { maxLength: 2 }), not: tie('schema') }),
      ),
    }))
    fc.assert(
      fc.property(schema, (a) => {
        const parameters = writeSchema({ type: 'object', properties: { a } })
        const result = generateBody.safeParse({
          contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
          tools: [{ functionDeclarations: [{ name: 'f', parameters }] }],
        })
        expect(result.error?.issues ?? []).toEqual([])
      }),
    )
  })

  it('comes back as it was, where the subset can say it', () => {
    const schema = {
      type: 'object',
      description: 'A thing.',
      properties: {
        name: { type: 'string', enum: ['a', 'b'] },
        size: { type: ['integer', 'null'], minimum: 1 },
        list: {
          type: 'array',
          items: { type: 'object', properties: { x: { type: 'boolean' } } },
          minItems: 1,
        },
      },
      required: ['name'],
    }
    expect(readSchema(writeSchema(schema))).toEqual(schema)
  })
})
