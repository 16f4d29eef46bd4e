#!/usr/bin/env node
// `minnow`: the commands of the project under one name, each with its options explained. Plain JavaScript, any Node from
// 20 up, no dependency: it only reads what was meant and hands over to the tool that does it, in the same process.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { readCommand } from './command/read.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const asked = readCommand(process.argv.slice(2), version())

if (asked.kind === 'say') process.stdout.write(asked.text)
else if (asked.kind === 'refuse') {
  process.stderr.write(asked.text)
  process.exitCode = 2
} else {
  Object.assign(process.env, asked.environment)
  // As if the tool had been started itself: it reads its own arguments and takes the signals.
  const tool = resolve(root, asked.tool)
  process.argv = [process.argv[0], tool, ...asked.arguments]
  await import(pathToFileURL(tool).href)
}

function version() {
  return JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')).version
}
