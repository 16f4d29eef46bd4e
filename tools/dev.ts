// `npm run dev`: the gateway in `wrangler dev`, which builds anew whenever a file of the Worker or of the pages changes.
// Its D1 and objects are its own (MINNOW_STATE/v3); `npm start` keeps another copy and is the one to measure.
import { spawn } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { callableHost, urlOf } from './gateway/address.ts'
import { curl } from './gateway/greeting.mjs'
import { writeEnvFile } from './gateway/env-file.ts'
import { migrate, readMigrations, wranglerDatabaseFile } from './gateway/migrate.ts'
import { refuseIfTaken } from './gateway/port.ts'
import { Refusal } from './gateway/refusal.ts'
import { readSettings } from './gateway/settings.ts'
import { QUIET } from './gateway/wrangler.ts'

const root = resolve(import.meta.dirname, '..')

try {
  process.exitCode = await dev()
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function dev(): Promise<number> {
  const { address, configName, configText, secrets, state } = readSettings(root, process.env, process.cwd())
  await refuseIfTaken(address)
  // `wrangler d1 migrations apply` would do the same with two processes for every migration: half a minute.
  migrate(wranglerDatabaseFile(state, 'DB'), readMigrations(join(root, 'migrations')))

  const envFile = join(state, 'dev.vars')
  writeFileSync(
    envFile,
    writeEnvFile({ ...secrets, ...(address.loopback ? { LOOPBACK: '1' } : {}), CONFIG_NAME: configName }),
  )
  chmodSync(envFile, 0o600)
  try {
    if (address.loopback && address.port !== 0) {
      console.log(
        `Key    mk-local   (for operators: mk-admin-local)\nTry it\n${curl(urlOf(callableHost(address.host), address.port), 'mk-local')}\n`,
      )
    }
    return await run(
      address.host,
      address.port,
      state,
      envFile,
      process.env['MINNOW_CONFIG'] ? configText : undefined,
    )
  } finally {
    rmSync(envFile, { force: true })
  }
}

/** Without `configText` the Worker uses minnow.jsonc itself, so that changing it counts at once. */
function run(
  host: string,
  port: number,
  state: string,
  envFile: string,
  configText: string | undefined,
): Promise<number> {
  const args = [
    'dev',
    '--local',
    '--ip',
    host,
    '--port',
    String(port),
    '--persist-to',
    state,
    '--env-file',
    envFile,
  ]
  args.push('--test-scheduled', '--show-interactive-dev-session=false')
  if (configText !== undefined) args.push('--var', `CONFIG:${configText}`)
  return new Promise((done, fail) => {
    let isStopping = false
    const child = spawn(process.execPath, [join(root, 'node_modules/wrangler/bin/wrangler.js'), ...args], {
      cwd: root,
      env: { ...process.env, ...QUIET },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        isStopping = true
        child.kill('SIGTERM')
      })
    }
    child.once('error', fail)
    child.once('exit', (code) => done(isStopping ? 0 : (code ?? 1)))
  })
}
