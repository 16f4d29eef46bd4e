import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Asked, readCommand } from '../../../../tools/command/read.mjs'

const read = (line: string): Asked => readCommand(line.split(' ').filter(Boolean), '1.2.3')
const text = (line: string): string => {
  const asked = read(line)
  return asked.kind === 'run' ? '' : asked.text
}

describe('help', () => {
  it.each(['', '--help', '-h', 'help'])('"minnow %s" lists every command and the first steps', (line) => {
    expect(read(line).kind).toBe('say')
    for (const word of ['start', 'dev', 'check', 'deploy', '--version', '/docs', 'minnow.jsonc'])
      expect(text(line)).toContain(word)
  })

  it.each(['start --help', 'help start', 'start --port 1 -h'])('"minnow %s" explains its options', (line) => {
    for (const word of ['--host <address>', '--port <number>', 'MINNOW_STATE', 'Examples'])
      expect(text(line)).toContain(word)
  })

  it('fits a terminal of 80 columns', () => {
    for (const line of ['', 'help start', 'help dev', 'help check', 'help deploy'])
      expect(
        Math.max(
          ...text(line)
            .split('\n')
            .map((one) => one.length),
        ),
      ).toBeLessThanOrEqual(80)
  })

  it.each(['--version', '-v'])('"minnow %s" is the version alone', (line) =>
    expect(text(line)).toBe('1.2.3\n'),
  )
})

describe('commands', () => {
  it('options become what the tool reads from its environment', () => {
    expect(read('start --port 9000 --state=/tmp/x')).toEqual({
      kind: 'run',
      tool: 'tools/start.mjs',
      arguments: [],
      environment: { PORT: '9000', MINNOW_STATE: '/tmp/x' },
    })
    expect(read('deploy --dry-run')).toEqual({
      kind: 'run',
      tool: 'tools/run.mjs',
      arguments: ['tools/deploy.ts', '--dry-run'],
      environment: {},
    })
  })

  it('every tool is there', () => {
    for (const line of ['start', 'dev', 'check', 'deploy']) {
      const asked = read(line)
      const files = asked.kind === 'run' ? [asked.tool, ...asked.arguments] : []
      expect(files.length).toBeGreaterThan(0)
      for (const file of files)
        expect(existsSync(resolve(import.meta.dirname, '../../../..', file)), file).toBe(true)
    }
  })
})

it.each([
  ['strat', 'There is no command "strat". Did you mean "minnow start"?'],
  ['fly', 'There is no command "fly". "minnow --help" lists them: start, dev, check, deploy.'],
  ['help fly', 'There is no command "fly".'],
  [
    'start --prot 1',
    '"minnow start" does not know "--prot". Did you mean --port? It takes: --host, --port, --config, --state',
  ],
  ['start now', '"minnow start" does not know "now".'],
  ['start --port', '--port needs a value: --port <number>'],
  ['start --port --host x', '--port needs a value'],
  ['start --port=', '--port needs a value'],
  ['start --port http', '--port is "http"; a number from 0 to 65535 is expected.'],
  ['deploy --dry-run=yes', '--dry-run takes no value.'],
])('"minnow %s" is refused in a sentence that helps', (line, sentence) => {
  expect(read(line).kind).toBe('refuse')
  expect(text(line)).toContain(sentence)
})
