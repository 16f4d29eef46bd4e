// ZIP archives: every file whole and proven, or a reason.
import { describe, expect, it } from 'vitest'
import { readZip } from '../../../../tools/data/zip.ts'
import { writeZip } from './archive.ts'

const long = 'the same words again and again, '.repeat(500)

function textsIn(archive: Uint8Array): Record<string, string> {
  return Object.fromEntries(
    [...readZip(archive)].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
  )
}

describe('a ZIP archive', () => {
  it('gives its files, deflated, stored and empty, and no folders', () => {
    const archive = writeZip([
      { name: 'results/', content: '', stored: true },
      { name: 'results/long.json', content: long },
      { name: 'short.txt', content: 'as it is: ü', stored: true },
      { name: 'nothing.txt', content: '' },
    ])
    expect(textsIn(archive)).toEqual({
      'results/long.json': long,
      'short.txt': 'as it is: ü',
      'nothing.txt': '',
    })
  })

  it('is read by its directory where sizes follow the content', () =>
    expect(textsIn(writeZip([{ name: 'a', content: long, sizesAfter: true }]))).toEqual({ a: long }))

  it('may end with a comment, even one that looks like an end', () =>
    expect(
      textsIn(writeZip([{ name: 'a', content: 'x' }], 'PK\u0005\u0006 is how a directory ends')),
    ).toEqual({
      a: 'x',
    }))

  it('that was cut off is refused', () => {
    const archive = writeZip([{ name: 'a', content: long }])
    for (const length of [0, 10, 40, archive.length - 1])
      expect(() => readZip(archive.subarray(0, length))).toThrow('its end is missing')
  })

  it('with a changed byte is refused', () => {
    const archive = Buffer.from(writeZip([{ name: 'a', content: 'one two three', stored: true }]))
    archive.write('T', archive.indexOf('two'))
    expect(() => readZip(archive)).toThrow('a came out of the ZIP archive damaged')
  })

  it('that is encrypted, or packed in another way, is refused', () => {
    expect(() => readZip(writeZip([{ name: 'a', content: 'x', encrypted: true }]))).toThrow('encrypted')
    const archive = Buffer.from(writeZip([{ name: 'a', content: 'x' }]))
    archive.writeUInt16LE(12, archive.indexOf('PK\u0001\u0002', 'latin1') + 10)
    expect(() => readZip(archive)).toThrow('method 12')
  })
})
