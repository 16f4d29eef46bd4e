// Writes ZIP archives for tests: a header before every file, a directory of them, an end (PKWARE's APPNOTE, 4.3).
import { crc32, deflateRawSync } from 'node:zlib'

export interface Entry {
  readonly name: string
  readonly content: string
  readonly stored?: boolean
  /** As some programs write it: sizes and checksum follow the content, zeros stand before it. */
  readonly sizesAfter?: boolean
  readonly encrypted?: boolean
}

export function writeZip(entries: readonly Entry[], comment = ''): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, content, stored = false, sizesAfter = false, encrypted = false } of entries) {
    const plain = Buffer.from(content)
    const packed = stored ? plain : deflateRawSync(plain)
    const title = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE((encrypted ? 1 : 0) | (sizesAfter ? 8 : 0), 2)
    common.writeUInt16LE(stored ? 0 : 8, 4)
    common.writeUInt32LE(crc32(plain), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(plain.length, 18)
    common.writeUInt16LE(title.length, 22)
    const before = Buffer.from(common)
    if (sizesAfter) before.fill(0, 10, 22)
    // A field that only the header before the file has: its length must not be taken from the directory.
    const extra = Buffer.from([0x99, 0x99, 2, 0, 1, 2])
    before.writeUInt16LE(extra.length, 24)
    const local = [Buffer.from('PK\u0003\u0004', 'latin1'), before, title, extra, packed]
    const attributes = Buffer.alloc(14)
    attributes.writeUInt32LE(at, 10)
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), common, attributes, title)
    parts.push(...local)
    at += local.reduce((sum, part) => sum + part.length, 0)
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(at, 16)
  end.writeUInt16LE(Buffer.byteLength(comment), 20)
  return Buffer.concat([...parts, listed, end, Buffer.from(comment)])
}
