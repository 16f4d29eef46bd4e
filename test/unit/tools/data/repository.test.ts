// Files of a repository over a network that fails: tried again where that may help, kept once they have come.
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromFolder, overNetwork } from '../../../../tools/data/repository.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'minnow-repository-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

type Answer = (reply: ServerResponse) => void

const content: Answer = (reply) => reply.end('content')
const busy: Answer = (reply) => reply.writeHead(503).end()
const cut: Answer = (reply) => {
  reply.writeHead(200, { 'content-length': '100' }).write('half of it', () => reply.destroy())
}

/** Answers the first request with the first of them, and so on; says which addresses were asked for. */
async function serve(answers: readonly Answer[]) {
  const asked: string[] = []
  const server = createServer((request, reply) => {
    const answer = answers[asked.length] ?? ((none: ServerResponse) => none.writeHead(404).end())
    asked.push(request.url ?? '')
    answer(reply)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  const place = { repository: 'them/theirs', commit: 'c0ffee', kept: folder, pauseMs: 1 }
  return {
    asked,
    read: overNetwork({ ...place, origin: `http://127.0.0.1:${address.port}` }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const told = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('a repository over the network', () => {
  it('is asked for a file of its commit once', async () => {
    await using site = await serve([content])
    expect(told(await site.read('some/a file@1.json'))).toBe('content')
    expect(told(await site.read('some/a file@1.json'))).toBe('content')
    expect(site.asked).toEqual(['/them/theirs/c0ffee/some/a%20file%401.json'])
  })

  it('is asked again after an overload and a transfer that broke off', async () => {
    await using site = await serve([busy, cut, content])
    expect(told(await site.read('file'))).toBe('content')
    expect(site.asked).toHaveLength(3)
  })

  it('that does not have the file is asked once, and nothing is kept', async () => {
    await using site = await serve([])
    await expect(site.read('file')).rejects.toThrow(
      /theirs\/c0ffee\/file could not be fetched: it answered 404/,
    )
    expect(site.asked).toHaveLength(1)
    expect(readdirSync(folder)).toEqual([])
  })

  it('that stays away is given up, with the reason; what came before is kept', async () => {
    await using site = await serve([content, cut, cut, cut, cut, content])
    await site.read('one')
    await expect(site.read('two')).rejects.toThrow('run this again to go on')
    expect(site.asked).toHaveLength(5)
    expect(existsSync(join(folder, 'them/theirs/c0ffee/one'))).toBe(true)
    expect(existsSync(join(folder, 'them/theirs/c0ffee/two'))).toBe(false)
    expect(told(await site.read('two'))).toBe('content')
  })
})

describe('a repository in a folder', () => {
  it('is named as it is at GitHub', async () => {
    mkdirSync(join(folder, 'theirs'))
    writeFileSync(join(folder, 'theirs/file'), 'content')
    expect(told(await fromFolder(folder, 'them/theirs')('file'))).toBe('content')
    await expect(fromFolder(folder, 'them/theirs')('other')).rejects.toThrow('a checkout of them/theirs?')
  })
})
