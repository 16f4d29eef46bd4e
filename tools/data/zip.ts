// Files of a ZIP archive, stored or deflated (PKWARE's APPNOTE, 4.3). No archives over 4 GiB, none encrypted.
import { crc32, inflateRawSync } from 'node:zlib'

const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const ENTRY_BYTES = 46
const LOCAL_BYTES = 30

/** By path, folders left out; every file's checksum is proven. */
export function readZip(archive: Uint8Array): Map<string, Uint8Array> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
  const end = endOf(bytes)
  const files = new Map<string, Uint8Array>()
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + ENTRY_BYTES > end || bytes.readUInt32LE(at) !== ENTRY)
      throw new Error('the directory of the ZIP archive is broken')
    const nameBytes = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes)
    if (!name.endsWith('/')) files.set(name, contentOf(bytes, at, name))
    at += ENTRY_BYTES + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return files
}

/** Where the archive's last record begins: it may end with a comment, so it is sought from behind. */
function endOf(bytes: Buffer): number {
  const least = Math.max(0, bytes.length - END_BYTES - 0xff_ff)
  for (let at = bytes.length - END_BYTES; at >= least; at -= 1) {
    if (bytes.readUInt32LE(at) === END && at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length)
      return at
  }
  throw new Error('not a whole ZIP archive: its end is missing')
}

function contentOf(bytes: Buffer, entry: number, name: string): Uint8Array {
  const method = bytes.readUInt16LE(entry + 10)
  const size = bytes.readUInt32LE(entry + 24)
  const local = bytes.readUInt32LE(entry + 42)
  if ((bytes.readUInt16LE(entry + 8) & 1) === 1) throw new Error(`${name} in the ZIP archive is encrypted`)
  if (method !== 0 && method !== 8)
    throw new Error(`${name} is packed by method ${method}, which is not read here`)
  if (local + LOCAL_BYTES > bytes.length || bytes.readUInt32LE(local) !== LOCAL)
    throw new Error(`${name} is not where the ZIP archive's directory says`)
  const start = local + LOCAL_BYTES + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
  const packed = bytes.subarray(start, start + bytes.readUInt32LE(entry + 20))
  const content = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
  if (content.length !== size || crc32(content) !== bytes.readUInt32LE(entry + 16))
    throw new Error(`${name} came out of the ZIP archive damaged`)
  return content
}
