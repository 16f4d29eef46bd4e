// Pictures, documents and sounds for Bedrock: as bytes, under names that it takes, or dropped by name.
import { describe, expect, it } from 'vitest'
import type { Part } from '../../../shared/request.ts'
import { message, messageOf } from '../../unit/samples.ts'
import { contentOf, send } from './converse.ts'

const PNG = 'data:image/png;base64,iVBORw0KGgo='
const PDF = 'data:application/pdf;base64,JVBERi0xLjc='
const user = (...parts: Part[]): unknown => contentOf([messageOf(...parts)])[0]

describe('pictures', () => {
  for (const [type, format] of [
    ['image/png', 'png'],
    ['image/jpeg', 'jpeg'],
    ['image/JPG', 'jpeg'],
    ['image/gif', 'gif'],
    ['image/webp', 'webp'],
  ] as const) {
    it(`of type ${type} travel as bytes`, () =>
      expect(user({ type: 'image', url: `data:${type};base64,AAAA` })).toEqual([
        { image: { format, source: { bytes: 'AAAA' } } },
      ]))
  }

  it('in a bucket are named, not sent', () =>
    expect(user({ type: 'image', url: 's3://pictures/a/b.JPG' })).toEqual([
      { image: { format: 'jpeg', source: { s3Location: { uri: 's3://pictures/a/b.JPG' } } } },
    ]))

  for (const url of [
    'https://example.com/a.png',
    'data:image/tiff;base64,AAAA',
    'data:image/png,raw',
    's3://a/b',
    's3://a/b.pdf',
    '',
  ]) {
    it(`at ${JSON.stringify(url)} are dropped by name`, () => {
      const { body, dropped } = send({
        messages: [messageOf({ type: 'text', text: 'a' }, { type: 'image', url })],
      })
      expect(dropped).toEqual(['images'])
      expect(body['messages']).toEqual([{ role: 'user', content: [{ text: 'a' }] }])
    })
  }

  it('in the words of an assistant or of instructions are dropped by name', () => {
    for (const role of ['assistant', 'system'] as const) {
      const parts: Part[] = [
        { type: 'text', text: 'a' },
        { type: 'image', url: PNG },
      ]
      expect(send({ messages: [message('q'), { role, parts }, message('b')] }).dropped).toEqual(['images'])
    }
  })
})

describe('documents', () => {
  const document = (part: Omit<Extract<Part, { type: 'file' }>, 'type'>): unknown =>
    user({ type: 'text', text: 'Read.' }, { type: 'file', ...part })
  const formats: readonly [string, string][] = [
    ['application/pdf', 'pdf'],
    ['text/csv', 'csv'],
    ['text/plain;charset=utf-8', 'txt'],
    ['text/markdown', 'md'],
    ['text/html', 'html'],
    ['text/x-python', 'txt'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
    ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ]
  for (const [type, format] of formats) {
    it(`of type ${type} are ${format}`, () =>
      expect(document({ url: `data:${type};base64,AAAA` })).toEqual([
        { text: 'Read.' },
        { document: { format, name: 'document', source: { bytes: 'AAAA' } } },
      ]))
  }

  const names: readonly [string, string][] = [
    ['Report -  Final.pdf', 'Report - Final'],
    ["John's report.pdf", 'John s report'],
    ['résumé.docx', 'r sum'],
    ['분기보고서.pdf', 'document'],
    ['a\tb.txt', 'a b'],
    ['', 'document'],
    ['x'.repeat(300), 'x'.repeat(180)],
    ['a[1](2)-3.pdf', 'a[1](2)-3'],
  ]
  for (const [given, name] of names) {
    it(`called ${JSON.stringify(given).slice(0, 40)} get a name that Bedrock takes`, () =>
      expect(document({ url: PDF, name: given })).toMatchObject([{}, { document: { name } }]))
  }

  it('of one name are told apart', () => {
    const file: Part = { type: 'file', url: PDF, name: 'a.pdf' }
    expect(user({ type: 'text', text: 'Compare.' }, file, file, file)).toMatchObject([
      {},
      { document: { name: 'a' } },
      { document: { name: 'a 2' } },
      { document: { name: 'a 3' } },
    ])
  })

  it('alone get words beside them, which Bedrock demands', () =>
    expect(user({ type: 'file', url: PDF })).toEqual([
      { document: { format: 'pdf', name: 'document', source: { bytes: 'JVBERi0xLjc=' } } },
      { text: 'The document is attached.' },
    ]))

  it('that are pictures are pictures', () =>
    expect(document({ url: PNG })).toMatchObject([{}, { image: { format: 'png' } }]))

  it('in a bucket are named, not sent', () =>
    expect(document({ url: 's3://docs/a.pdf', name: 'a.pdf' })).toMatchObject([
      {},
      { document: { format: 'pdf', name: 'a', source: { s3Location: { uri: 's3://docs/a.pdf' } } } },
    ]))

  it('that Bedrock cannot read or reach are dropped by name', () => {
    const lost: Omit<Extract<Part, { type: 'file' }>, 'type'>[] = [
      { url: 'https://example.com/a.pdf' },
      { url: 'data:application/zip;base64,AAAA' },
      { id: 'file-abc' },
      {},
    ]
    for (const part of lost) {
      const { dropped } = send({
        messages: [messageOf({ type: 'text', text: 'a' }, { type: 'file', ...part })],
      })
      expect(dropped, JSON.stringify(part)).toEqual(['files'])
    }
  })
})

describe('sounds', () => {
  it('travel as bytes, in the formats that Bedrock knows', () => {
    expect(user({ type: 'audio', data: 'AAAA', format: 'WAV' })).toEqual([
      { audio: { format: 'wav', source: { bytes: 'AAAA' } } },
    ])
    const odd = messageOf({ type: 'text', text: 'a' }, { type: 'audio', data: 'AAAA', format: 'pcm16' })
    expect(send({ messages: [odd] }).dropped).toEqual(['audio'])
  })
})
