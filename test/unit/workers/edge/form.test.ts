// A form taken apart: where its fields stand, whatever their bytes, and what is refused because it could be read twice.
import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import { isForm, readForm } from '../../../../workers/edge/form.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const TYPE = 'multipart/form-data; boundary=x'
const part = (disposition: string, value: string): string =>
  `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`

/** A form as every browser and Node write it. */
async function formOf(fields: readonly (readonly [name: string, value: string | Uint8Array<ArrayBuffer>])[]) {
  const form = new FormData()
  for (const [name, value] of fields) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, new Blob([value]), 'a "file".bin')
  }
  const request = new Request('http://a', { method: 'POST', body: form })
  return { bytes: await request.bytes(), type: request.headers.get('content-type') ?? '' }
}

describe('a form', () => {
  test('gives back every field where it stands', async () => {
    const name = fc.stringMatching(/^[a-z_[\]]{1,12}$/)
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\0]/g, '')),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 6 }), async (fields) => {
        const { bytes, type } = await formOf(fields)
        const parts = readForm(bytes, type)
        expect(parts.map((one) => [one.name, one.isFile])).toEqual(
          fields.map(([name, value]) => [name, typeof value !== 'string']),
        )
        for (const [at, [, value]] of fields.entries()) {
          const found = bytes.subarray(parts[at]?.from, parts[at]?.to)
          expect(Buffer.from(found)).toEqual(Buffer.from(value))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('may hold what looks like a boundary, and empty fields', () => {
    const parts = readForm(
      bytesOf(`${part('name="a"', '\r\n--y\r\n-\r\n--')}${part('name="b"', '')}--x--`),
      TYPE,
    )
    expect(parts.map(({ from, to }) => to - from)).toEqual([12, 0])
  })

  it('is told by its type, whose boundary may be quoted and have company', () => {
    expect([isForm(TYPE), isForm('application/json'), isForm('')]).toEqual([true, false, false])
    for (const type of [
      'multipart/form-data; boundary="x"',
      'multipart/form-data; charset=utf-8; boundary=x',
    ])
      expect(readForm(bytesOf(`${part('name="a"', '1')}--x--\r\n`), type)).toHaveLength(1)
  })

  const refused: readonly (readonly [what: string, body: string, type?: string])[] = [
    ['without a boundary', `${part('name="a"', '1')}--x--`, 'multipart/form-data'],
    ['with two boundaries', `${part('name="a"', '1')}--x--`, 'multipart/form-data; boundary=x; boundary=y'],
    ['that is empty', ''],
    ['with text before it', `a\r\n${part('name="a"', '1')}--x--`],
    ['without an end', part('name="a"', '1')],
    ['whose part has no name', `${part('filename="a"', '1')}--x--`],
    ['whose part has two', `${part('name="a"; name="b"', '1')}--x--`],
    ['whose part has a name of another kind', `${part('name="a"; name*=b', '1')}--x--`],
    ['whose name has no quotes', `${part('name=a', '1')}--x--`],
    ['whose name hides a quote', `${part('name="a\\"b"', '1')}--x--`],
    [
      'with two dispositions',
      part('name="a"', '1').replace('\r\n\r\n', '\r\nContent-Disposition: form-data; name="b"\r\n\r\n') +
        '--x--',
    ],
    ['with a folded line', part('name="a"', '1').replace('; name', ';\r\n name') + '--x--'],
    ['with lines of another end', `${part('name="a"', '1')}--x--`.replaceAll('\r\n', '\n')],
    ['with a head of many pages', `${part(`name="${'a'.repeat(5_000)}"`, '1')}--x--`],
  ]
  it.each(refused)('%s is refused', (_, body, type) => {
    expect(() => readForm(bytesOf(body ?? ''), type ?? TYPE)).toThrow(Failed)
  })
})
