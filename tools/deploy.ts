// `npm run deploy`: everything a Cloudflare account needs for Minnow, in order, each step safe to repeat.
// `-- --new-data-key` puts a new key in front of those that text is sealed with; `-- --dry-run` needs no account and no network: it builds and says what would happen.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isDataKeys } from '../shared/data-keys.ts'
import { deployedKeys } from './gateway/data-key.ts'
import { parseJson } from './gateway/json.ts'
import { D1_NAME, readMigrations } from './gateway/migrate.ts'
import { Refusal } from './gateway/refusal.ts'
import { variablesOf } from './gateway/settings.ts'
import { complaint, wrangler, type WranglerEnd } from './gateway/wrangler.ts'

const root = resolve(import.meta.dirname, '..')
const isDry = process.argv.includes('--dry-run')
const isRenewing = process.argv.includes('--new-data-key')
const unknown = process.argv
  .slice(2)
  .filter((argument) => argument !== '--dry-run' && argument !== '--new-data-key')

try {
  if (unknown.length > 0)
    throw new Refusal(
      `Unknown argument ${unknown.join(' ')}; npm run deploy takes only -- --dry-run and --new-data-key.`,
    )
  if (process.env['MINNOW_CONFIG'])
    console.log('MINNOW_CONFIG counts on this machine only; a deployment carries minnow.jsonc.')
  const needed = variablesOf(readFileSync(join(root, 'minnow.jsonc'), 'utf8'), 'minnow.jsonc')
  if (isDry) await rehearse(needed)
  else await deploy(needed)
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function rehearse(needed: readonly string[]): Promise<void> {
  const migrations = readMigrations(join(root, 'migrations'))
  step('Build')
  await must(['deploy', '--dry-run'], 'The Worker does not build', true)
  step('With an account, npm run deploy would')
  console.log(`1. create the D1 database "${D1_NAME}" unless the account has it`)
  console.log(
    `2. apply those of ${migrations.length} migrations that it lacks: ${migrations.map(({ name }) => name).join(', ')}`,
  )
  console.log(
    `3. check the secrets, and make DATA_KEYS where it is missing: ${[...needed, 'ADMIN_KEY', 'DATA_KEYS'].join(', ')}${needed.length === 0 ? ' (the configuration names none)' : ''}`,
  )
  console.log('4. upload the Worker, its objects, pages and cron, and print its address')
  console.log('\nDry run: nothing was changed.')
}

async function deploy(needed: readonly string[]): Promise<void> {
  step('Account')
  const account = parseJson((await wrangler(root, ['whoami', '--json'])).out)
  if (account?.['loggedIn'] !== true)
    throw new Refusal(noAccount(process.env['CLOUDFLARE_API_TOKEN'] !== undefined))

  step('Secrets')
  const { present, given, missing } = await secrets(needed)
  if (missing.length > 0) {
    throw new Refusal(
      `minnow.jsonc names ${missing.map((name) => `$${name}`).join(', ')}, which the deployment does not have; export ${missing.length === 1 ? 'it' : 'them'} for this command, and deploying sets ${missing.length === 1 ? 'it' : 'them'} as secrets.`,
    )
  }
  for (const name of needed)
    console.log(`${name}: ${given[name] === undefined ? 'already there' : 'will be set'}`)
  const { lines, made } = deployedKeys(present, given, isRenewing, new Date())
  for (const line of lines) console.log(line)

  step('Database')
  await ensureDatabase()
  await must(['d1', 'migrations', 'apply', D1_NAME, '--remote'], 'The migrations could not be applied', true)

  step('Worker')
  await upload({ ...given, ...made })
  if (!present.includes('ADMIN_KEY') && given['ADMIN_KEY'] === undefined) {
    console.log(
      '\nADMIN_KEY is not set, so admin calls are refused and no key can be made: run "npx wrangler secret put ADMIN_KEY".',
    )
  }
}

function noAccount(hasToken: boolean): string {
  const what = hasToken
    ? 'Cloudflare does not accept CLOUDFLARE_API_TOKEN, or cannot be reached: check both and try again.'
    : 'There is no Cloudflare account to deploy to: run "npx wrangler login", or set CLOUDFLARE_API_TOKEN (and CLOUDFLARE_ACCOUNT_ID), and try again.'
  return `${what} "npm run deploy -- --dry-run" shows without an account what would happen.`
}

interface Secrets {
  readonly present: readonly string[]
  /** From this command's environment; they are set or replaced. */
  readonly given: Readonly<Record<string, string>>
  readonly missing: readonly string[]
}

/** Only the environment counts here: .dev.vars is for this machine. */
async function secrets(needed: readonly string[]): Promise<Secrets> {
  const listed = await wrangler(root, ['secret', 'list', '--format', 'json'])
  if (listed.code !== 0 && !/not found/i.test(complaint(listed))) {
    throw new Refusal(`The deployment's secrets could not be listed: ${complaint(listed)}`)
  }
  const rows: unknown = listed.code === 0 ? JSON.parse(listed.out) : [] // a Worker not yet deployed has none
  const present = (Array.isArray(rows) ? rows : []).flatMap((row: unknown) =>
    typeof row === 'object' && row !== null && 'name' in row ? [String(row.name)] : [],
  )
  const given = Object.fromEntries(
    [...needed, 'ADMIN_KEY', ...Object.keys(process.env).filter(isDataKeys)].flatMap(
      (name): [string, string][] => {
        const value = process.env[name]
        return value === undefined || value === '' ? [] : [[name, value]]
      },
    ),
  )
  return {
    present,
    given,
    missing: needed.filter((name) => !present.includes(name) && given[name] === undefined),
  }
}

async function ensureDatabase(): Promise<void> {
  const listed = await must(['d1', 'list', '--json'], "The account's databases could not be listed")
  const databases: unknown = JSON.parse(listed.out)
  const exists =
    Array.isArray(databases) &&
    databases.some(
      (row: unknown) => typeof row === 'object' && row !== null && 'name' in row && row.name === D1_NAME,
    )
  console.log(exists ? `${D1_NAME} is there` : `${D1_NAME} is created`)
  if (!exists) await must(['d1', 'create', D1_NAME], `The database ${D1_NAME} could not be created`)
}

async function upload(given: Readonly<Record<string, string>>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'minnow-deploy-'))
  const file = join(folder, 'secrets.json')
  try {
    const hasSecrets = Object.keys(given).length > 0
    if (hasSecrets) {
      writeFileSync(file, JSON.stringify(given), { mode: 0o600 })
      chmodSync(file, 0o600)
    }
    await must(
      ['deploy', ...(hasSecrets ? ['--secrets-file', file] : [])],
      'The Worker could not be deployed',
      true,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function must(args: readonly string[], sentence: string, show = false): Promise<WranglerEnd> {
  const end = await wrangler(root, args, show)
  if (end.code !== 0) throw new Refusal(`${sentence}: ${complaint(end)}`)
  return end
}

function step(name: string): void {
  console.log(`\n== ${name}`)
}
